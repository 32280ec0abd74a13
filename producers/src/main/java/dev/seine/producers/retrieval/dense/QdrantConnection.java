package dev.seine.producers.retrieval.dense;

import com.google.common.util.concurrent.ListenableFuture;
import dev.seine.producers.retrieval.SearchUnavailable;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.qdrant.client.QdrantClient;
import io.qdrant.client.QdrantGrpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection to a Qdrant server; turns its failures into those of a search. Safe for use by several threads. */
final class QdrantConnection implements AutoCloseable {
    private static final Set<Status.Code> PASSING = Set.of(
            Status.Code.UNAVAILABLE,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.ABORTED,
            Status.Code.CANCELLED);

    private final QdrantConfig config;
    private final QdrantClient client;

    /** Connects at the first request. */
    QdrantConnection(QdrantConfig config, Optional<String> apiKey) {
        this.config = config;
        QdrantGrpcClient.Builder builder =
                QdrantGrpcClient.newBuilder(channel(config), true).withTimeout(config.timeout());
        apiKey.ifPresent(builder::withApiKey);
        this.client = new QdrantClient(builder.build());
    }

    private static ManagedChannel channel(QdrantConfig config) {
        ChannelCredentials credentials = credentials(config);
        try {
            return Grpc.newChannelBuilderForAddress(config.host(), config.port(), credentials)
                    .build();
        } catch (RuntimeException e) {
            String authority = config.certificate()
                    .map(file -> " with retrieve.qdrant.certificate " + file)
                    .orElse("");
            throw new IllegalArgumentException(
                    config.server() + authority + " cannot be connected to: " + e.getMessage(), e);
        }
    }

    private static ChannelCredentials credentials(QdrantConfig config) {
        if (!config.tls()) {
            return InsecureChannelCredentials.create();
        }
        try {
            TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
            Optional<Path> authority = config.certificate();
            return (authority.isPresent() ? tls.trustManager(authority.get().toFile()) : tls).build();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "retrieve.qdrant.certificate " + config.certificate().orElseThrow() + " cannot be read: " + e, e);
        }
    }

    QdrantConfig config() {
        return config;
    }

    /**
     * The reply to a request.
     *
     * @param what is asked for, for messages
     * @throws SearchUnavailable if the same may succeed later
     * @throws IllegalStateException if the server refuses
     */
    <T> T ask(String what, Function<QdrantClient, ListenableFuture<T>> request) {
        ListenableFuture<T> reply = request.apply(client);
        try {
            // The client's own deadline comes first; this one is for what it does not cover.
            return reply.get(2 * config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            reply.cancel(true);
            throw new SearchUnavailable(config.server() + " does not answer (" + what + ")", e);
        } catch (InterruptedException e) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new SearchUnavailable(config.server() + ": interrupted (" + what + ")", e);
        } catch (ExecutionException e) {
            throw failure(what, e.getCause());
        }
    }

    private RuntimeException failure(String what, @Nullable Throwable cause) {
        if (!(cause instanceof StatusRuntimeException refusal)) {
            return new IllegalStateException(config.server() + ": " + what + " failed: " + cause, cause);
        }
        Status status = refusal.getStatus();
        String said = config.server() + ", " + what + ": " + status.getCode()
                + (status.getDescription() == null ? "" : " " + status.getDescription());
        return PASSING.contains(status.getCode())
                ? new SearchUnavailable(said, cause)
                : new IllegalStateException(said, cause);
    }

    @Override
    public void close() {
        client.close();
    }
}
