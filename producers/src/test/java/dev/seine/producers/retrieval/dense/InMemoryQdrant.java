package dev.seine.producers.retrieval.dense;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * A test double of a Qdrant server: the part of its gRPC services that is used here, over a real connection, with exact search in memory and
 * the server's error codes. It proves our use of the client, not Qdrant's recall, speed or persistence.
 */
final class InMemoryQdrant implements AutoCloseable {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Point(PointId id, float[] vector, Map<String, Value> payload) {}

    /** A collection. */
    static final class Content {
        final VectorParams params;
        final Map<String, Value> metadata;
        final ConcurrentMap<PointId, Point> points = new ConcurrentHashMap<>();

        Content(VectorParams params, Map<String, Value> metadata) {
            this.params = params;
            this.metadata = metadata;
        }
    }

    final ConcurrentMap<String, Content> collections = new ConcurrentHashMap<>();
    final ConcurrentMap<String, String> aliases = new ConcurrentHashMap<>();
    private final Server server;

    /** Starts on a free port of this machine; port 0 chooses one. */
    InMemoryQdrant(int port, ServerCredentials credentials, String apiKey) {
        try {
            server = Grpc.newServerBuilderForPort(port, credentials)
                    .addService(new QdrantCollectionsDouble(this))
                    .addService(new QdrantPointsDouble(this))
                    .intercept(key(apiKey))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InMemoryQdrant start() {
        return new InMemoryQdrant(0, InsecureServerCredentials.create(), "");
    }

    private static ServerInterceptor key(String wanted) {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String given = headers.get(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER));
                if (wanted.isEmpty() || wanted.equals(given)) {
                    return next.startCall(call, headers);
                }
                call.close(Status.UNAUTHENTICATED.withDescription("Must provide an API key"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
        };
    }

    int port() {
        return server.getPort();
    }

    /** The collection of this name or alias. */
    Content content(String name) {
        Content content = collections.get(aliases.getOrDefault(name, name));
        if (content == null) {
            throw Status.NOT_FOUND
                    .withDescription("Not found: Collection `" + name + "` doesn't exist!")
                    .asRuntimeException();
        }
        return content;
    }

    static <T> void reply(StreamObserver<T> to, Supplier<T> result) {
        try {
            to.onNext(result.get());
            to.onCompleted();
        } catch (StatusRuntimeException e) {
            to.onError(e);
        } catch (RuntimeException e) {
            to.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
