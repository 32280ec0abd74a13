package dev.seine.producers.retrieval.dense;

import static dev.seine.producers.retrieval.dense.InMemoryQdrant.reply;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.qdrant.client.grpc.Collections.AliasDescription;
import io.qdrant.client.grpc.Collections.AliasOperations;
import io.qdrant.client.grpc.Collections.ChangeAliases;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionDescription;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionOperationResponse;
import io.qdrant.client.grpc.Collections.CollectionParams;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.DeleteCollection;
import io.qdrant.client.grpc.Collections.GetCollectionInfoRequest;
import io.qdrant.client.grpc.Collections.GetCollectionInfoResponse;
import io.qdrant.client.grpc.Collections.ListAliasesRequest;
import io.qdrant.client.grpc.Collections.ListAliasesResponse;
import io.qdrant.client.grpc.Collections.ListCollectionsRequest;
import io.qdrant.client.grpc.Collections.ListCollectionsResponse;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.CollectionsGrpc;

/** Collections and aliases of the test double. */
final class QdrantCollectionsDouble extends CollectionsGrpc.CollectionsImplBase {
    private final InMemoryQdrant qdrant;

    QdrantCollectionsDouble(InMemoryQdrant qdrant) {
        this.qdrant = qdrant;
    }

    private static CollectionOperationResponse done() {
        return CollectionOperationResponse.newBuilder().setResult(true).build();
    }

    @Override
    public void create(CreateCollection request, StreamObserver<CollectionOperationResponse> to) {
        reply(to, () -> {
            var content = new InMemoryQdrant.Content(request.getVectorsConfig().getParams(), request.getMetadataMap());
            if (qdrant.collections.putIfAbsent(request.getCollectionName(), content) != null) {
                throw Status.ALREADY_EXISTS.withDescription("already exists").asRuntimeException();
            }
            return done();
        });
    }

    @Override
    public void delete(DeleteCollection request, StreamObserver<CollectionOperationResponse> to) {
        reply(to, () -> {
            qdrant.collections.remove(request.getCollectionName());
            qdrant.aliases.values().removeIf(request.getCollectionName()::equals);
            return done();
        });
    }

    @Override
    public void list(ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> to) {
        reply(to, () -> ListCollectionsResponse.newBuilder()
                .addAllCollections(qdrant.collections.keySet().stream()
                        .map(name ->
                                CollectionDescription.newBuilder().setName(name).build())
                        .toList())
                .build());
    }

    @Override
    public void get(GetCollectionInfoRequest request, StreamObserver<GetCollectionInfoResponse> to) {
        reply(to, () -> {
            var content = qdrant.content(request.getCollectionName());
            CollectionConfig config = CollectionConfig.newBuilder()
                    .setParams(CollectionParams.newBuilder()
                            .setVectorsConfig(VectorsConfig.newBuilder().setParams(content.params)))
                    .putAllMetadata(content.metadata)
                    .build();
            return GetCollectionInfoResponse.newBuilder()
                    .setResult(CollectionInfo.newBuilder().setConfig(config))
                    .build();
        });
    }

    @Override
    public void updateAliases(ChangeAliases request, StreamObserver<CollectionOperationResponse> to) {
        reply(to, () -> {
            for (AliasOperations action : request.getActionsList()) {
                if (action.hasDeleteAlias()) {
                    qdrant.aliases.remove(action.getDeleteAlias().getAliasName());
                } else {
                    qdrant.content(action.getCreateAlias().getCollectionName());
                    qdrant.aliases.put(
                            action.getCreateAlias().getAliasName(),
                            action.getCreateAlias().getCollectionName());
                }
            }
            return done();
        });
    }

    @Override
    public void listAliases(ListAliasesRequest request, StreamObserver<ListAliasesResponse> to) {
        reply(to, () -> ListAliasesResponse.newBuilder()
                .addAllAliases(qdrant.aliases.entrySet().stream()
                        .map(entry -> AliasDescription.newBuilder()
                                .setAliasName(entry.getKey())
                                .setCollectionName(entry.getValue())
                                .build())
                        .toList())
                .build());
    }
}
