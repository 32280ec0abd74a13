package dev.seine.producers.retrieval.dense;

import static dev.seine.producers.retrieval.dense.InMemoryQdrant.reply;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Points.CountPoints;
import io.qdrant.client.grpc.Points.CountResponse;
import io.qdrant.client.grpc.Points.CountResult;
import io.qdrant.client.grpc.Points.CreateFieldIndexCollection;
import io.qdrant.client.grpc.Points.GetPoints;
import io.qdrant.client.grpc.Points.GetResponse;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsOperationResponse;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.QueryResponse;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.UpdateResult;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.PointsGrpc;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Points of the test double: exact search by cosine, filters on keywords. */
final class QdrantPointsDouble extends PointsGrpc.PointsImplBase {
    private final InMemoryQdrant qdrant;

    QdrantPointsDouble(InMemoryQdrant qdrant) {
        this.qdrant = qdrant;
    }

    private static PointsOperationResponse done() {
        return PointsOperationResponse.newBuilder()
                .setResult(UpdateResult.newBuilder().setStatus(UpdateStatus.Completed))
                .build();
    }

    @Override
    public void upsert(UpsertPoints request, StreamObserver<PointsOperationResponse> to) {
        reply(to, () -> {
            var content = qdrant.content(request.getCollectionName());
            for (PointStruct point : request.getPointsList()) {
                float[] vector = dense(point.getVectors().getVector());
                sized(content, vector);
                content.points.put(
                        point.getId(), new InMemoryQdrant.Point(point.getId(), vector, point.getPayloadMap()));
            }
            return done();
        });
    }

    @Override
    public void createFieldIndex(CreateFieldIndexCollection request, StreamObserver<PointsOperationResponse> to) {
        reply(to, () -> {
            qdrant.content(request.getCollectionName());
            return done();
        });
    }

    @Override
    public void get(GetPoints request, StreamObserver<GetResponse> to) {
        reply(to, () -> {
            var points = qdrant.content(request.getCollectionName()).points;
            return GetResponse.newBuilder()
                    .addAllResult(request.getIdsList().stream()
                            .map(points::get)
                            .filter(Objects::nonNull)
                            .map(p -> RetrievedPoint.newBuilder()
                                    .setId(p.id())
                                    .putAllPayload(p.payload())
                                    .build())
                            .toList())
                    .build();
        });
    }

    @Override
    public void count(CountPoints request, StreamObserver<CountResponse> to) {
        reply(to, () -> CountResponse.newBuilder()
                .setResult(CountResult.newBuilder()
                        .setCount(qdrant.content(request.getCollectionName())
                                .points
                                .size()))
                .build());
    }

    @Override
    public void query(QueryPoints request, StreamObserver<QueryResponse> to) {
        reply(to, () -> {
            var content = qdrant.content(request.getCollectionName());
            List<Float> given = request.getQuery().getNearest().getDense().getDataList();
            float[] query = new float[given.size()];
            for (int i = 0; i < query.length; i++) {
                query[i] = given.get(i);
            }
            sized(content, query);
            return QueryResponse.newBuilder()
                    .addAllResult(content.points.values().stream()
                            .filter(point -> matches(request.getFilter(), point))
                            .map(point -> ScoredPoint.newBuilder()
                                    .setId(point.id())
                                    .setScore(cosine(query, point.vector()))
                                    .putAllPayload(point.payload())
                                    .build())
                            .sorted(Comparator.comparing(ScoredPoint::getScore).reversed())
                            .limit(request.getLimit())
                            .toList())
                    .build();
        });
    }

    private static boolean matches(Filter filter, InMemoryQdrant.Point point) {
        return filter.getMustList().stream().allMatch(condition -> matches(condition, point));
    }

    private static boolean matches(Condition condition, InMemoryQdrant.Point point) {
        if (!condition.getField().getMatch().hasKeywords()) {
            throw Status.UNIMPLEMENTED.withDescription(condition.toString()).asRuntimeException();
        }
        return condition
                .getField()
                .getMatch()
                .getKeywords()
                .getStringsList()
                .contains(point.payload().get(condition.getField().getKey()).getStringValue());
    }

    private static void sized(InMemoryQdrant.Content content, float[] vector) {
        if (vector.length != content.params.getSize()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("Wrong input: Vector dimension error: expected dim: " + content.params.getSize()
                            + ", got " + vector.length)
                    .asRuntimeException();
        }
    }

    @SuppressWarnings("deprecation") // as the client of this version writes a dense vector
    private static float[] dense(io.qdrant.client.grpc.Points.Vector vector) {
        List<Float> list = vector.hasDense() ? vector.getDense().getDataList() : vector.getDataList();
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = list.get(i);
        }
        return numbers;
    }

    private static float cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return (float) (dot / Math.sqrt(aa * bb));
    }
}
