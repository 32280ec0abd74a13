package dev.seine.producers.retrieval.dense;

import static io.qdrant.client.ConditionFactory.matchKeywords;
import static io.qdrant.client.PointIdFactory.id;
import static io.qdrant.client.ValueFactory.value;
import static io.qdrant.client.VectorsFactory.vectors;
import static io.qdrant.client.WithPayloadSelectorFactory.enable;

import dev.seine.event.Passage;
import io.qdrant.client.QueryFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.UpsertPoints;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A collection, or the alias of one. Points are numbered by a UUID (version 3) of the passage's id; id, title, text and source are
 * their payload.
 */
final class QdrantVectors implements VectorDraft {
    static final String SOURCE = "source";

    private static final String ID = "id";
    private static final String TITLE = "title";
    private static final String TEXT = "text";

    private final QdrantConnection qdrant;
    private final String collection;
    private final VectorSpace space;

    QdrantVectors(QdrantConnection qdrant, String collection, VectorSpace space) {
        this.qdrant = qdrant;
        this.collection = collection;
        this.space = space;
    }

    @Override
    public VectorSpace space() {
        return space;
    }

    @Override
    public long count() {
        return qdrant.ask("count of " + collection, client -> client.countAsync(collection));
    }

    @Override
    public Set<String> present(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        List<PointId> points = ids.stream().map(QdrantVectors::point).toList();
        return qdrant
                .ask("points of " + collection, client -> client.retrieveAsync(collection, points, true, false, null))
                .stream()
                .map(RetrievedPoint::getPayloadMap)
                .map(payload -> text(payload, ID))
                .collect(Collectors.toSet());
    }

    @Override
    public void put(List<Embedded> passages) {
        passages.forEach(p -> space.checked(p.vector(), "passage " + p.passage().getId()));
        UpsertPoints points = UpsertPoints.newBuilder()
                .setCollectionName(collection)
                .setWait(true)
                .addAllPoints(passages.stream().map(QdrantVectors::point).toList())
                .build();
        qdrant.ask("upsert into " + collection, client -> client.upsertAsync(points));
    }

    /** Every put waited for the server. */
    @Override
    public void flush() {}

    @Override
    public List<Passage> nearest(float[] vector, int k, Set<String> sources) {
        QueryPoints.Builder query = QueryPoints.newBuilder()
                .setCollectionName(collection)
                .setQuery(QueryFactory.nearest(space.checked(vector, "the query")))
                .setLimit(k)
                .setWithPayload(enable(true));
        if (!sources.isEmpty()) {
            query.setFilter(Filter.newBuilder()
                    .addMust(matchKeywords(SOURCE, List.copyOf(sources)))
                    .build());
        }
        return qdrant.ask("query of " + collection, client -> client.queryAsync(query.build())).stream()
                .map(QdrantVectors::passage)
                .toList();
    }

    /** The connection belongs to the store. */
    @Override
    public void close() {}

    private static PointId point(String passageId) {
        return id(UUID.nameUUIDFromBytes(passageId.getBytes(StandardCharsets.UTF_8)));
    }

    private static PointStruct point(Embedded embedded) {
        Passage passage = embedded.passage();
        return PointStruct.newBuilder()
                .setId(point(passage.getId()))
                .setVectors(vectors(embedded.vector()))
                .putAllPayload(Map.of(
                        ID, value(passage.getId()),
                        TITLE, value(passage.getTitle()),
                        TEXT, value(passage.getText()),
                        SOURCE, value(embedded.source())))
                .build();
    }

    private static Passage passage(ScoredPoint point) {
        Map<String, Value> payload = point.getPayloadMap();
        return Passage.newBuilder()
                .setId(text(payload, ID))
                .setTitle(text(payload, TITLE))
                .setText(text(payload, TEXT))
                .setScore(point.getScore())
                .build();
    }

    private static String text(Map<String, Value> payload, String field) {
        return payload.getOrDefault(field, Value.getDefaultInstance()).getStringValue();
    }
}
