package dev.seine.policy.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in a bucket of a server that speaks S3's protocol, each with its SHA-256 among its metadata: that is kept by every such server,
 * and unlike the protocol's own checksums it is of the whole object, however it was sent. Safe for use by several threads.
 */
final class Bucket implements AutoCloseable {
    /** Larger files are sent in parts of this size, one at a time in memory. */
    static final int PART_BYTES = 32 << 20;

    private static final int MOST_PARTS = 10_000;
    private static final String SHA256 = "sha256";
    private static final String TYPE = "application/octet-stream";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** Of one request, the sending of a part included. */
    private static final Duration REQUEST = Duration.ofMinutes(10);

    private final String name;
    private final int partBytes;
    private final S3Client client;

    /** An object's content as it comes, and what is known of it. */
    record Content(InputStream in, long bytes, Optional<String> sha256) {}

    /** What is done with a content. */
    interface Reader {
        void read(Content content) throws IOException;
    }

    /** Asks nothing of the server yet. */
    Bucket(String name, Optional<URI> endpoint, String region, int partBytes) {
        this.name = name;
        this.partBytes = partBytes;
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(region))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE))
                .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD).apiCallAttemptTimeout(REQUEST))
                // What not every server knows is left out: the checksum among the metadata does the work.
                .serviceConfiguration(s -> s.chunkedEncodingEnabled(false).expectContinueEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        endpoint.ifPresent(address -> builder.endpointOverride(address).forcePathStyle(true));
        this.client = builder.build();
    }

    String name() {
        return name;
    }

    /** Puts an object there, whole or not at all. */
    void put(String key, Path file, String sha256) {
        ask("put " + key, () -> {
            long size = Files.size(file);
            if (size > partBytes) {
                putParts(key, file, size, sha256);
            } else {
                client.putObject(
                        r -> r.bucket(name).key(key).contentType(TYPE).metadata(Map.of(SHA256, sha256)),
                        RequestBody.fromFile(file));
            }
            return size;
        });
    }

    private void putParts(String key, Path file, long size, String sha256) throws IOException {
        String upload = client.createMultipartUpload(
                        r -> r.bucket(name).key(key).contentType(TYPE).metadata(Map.of(SHA256, sha256)))
                .uploadId();
        try (InputStream in = Files.newInputStream(file)) {
            int length = (int) Math.max(partBytes, size / MOST_PARTS + 1);
            List<CompletedPart> parts = new ArrayList<>();
            for (byte[] bytes = in.readNBytes(length); bytes.length > 0; bytes = in.readNBytes(length)) {
                byte[] body = bytes;
                int number = parts.size() + 1;
                String tag = client.uploadPart(
                                r -> r.bucket(name).key(key).uploadId(upload).partNumber(number),
                                RequestBody.fromContentProvider(
                                        () -> new ByteArrayInputStream(body), body.length, TYPE))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            client.completeMultipartUpload(
                    r -> r.bucket(name).key(key).uploadId(upload).multipartUpload(m -> m.parts(parts)));
        } catch (IOException | SdkException e) {
            abort(key, upload, e);
            throw e;
        }
    }

    /** A store that cannot even do this is left with the parts: buckets can be told to drop them after a while. */
    private void abort(String key, String upload, Exception cause) {
        try {
            client.abortMultipartUpload(r -> r.bucket(name).key(key).uploadId(upload));
        } catch (SdkException e) {
            cause.addSuppressed(e);
        }
    }

    /** Removes an object; one that is not there is ignored. */
    void remove(String key) {
        ask("remove " + key, () -> client.deleteObject(r -> r.bucket(name).key(key)));
    }

    /** The keys that begin so, in order. */
    List<String> keys(String prefix) {
        return ask(
                "list " + prefix,
                () -> client.listObjectsV2Paginator(r -> r.bucket(name).prefix(prefix)).contents().stream()
                        .map(S3Object::key)
                        .sorted()
                        .toList());
    }

    /** Reads an object; false if it is not there. */
    boolean read(String key, Reader reader) {
        return ask("get " + key, () -> {
            try (ResponseInputStream<GetObjectResponse> in =
                    client.getObject(r -> r.bucket(name).key(key))) {
                reading(in, reader);
                return true;
            } catch (NoSuchKeyException e) {
                return false;
            }
        });
    }

    private static void reading(ResponseInputStream<GetObjectResponse> in, Reader reader) throws IOException {
        try {
            Long bytes = in.response().contentLength();
            if (bytes == null) {
                throw new IOException("the answer does not say how long it is");
            }
            reader.read(new Content(
                    in, bytes, Optional.ofNullable(in.response().metadata().get(SHA256))));
        } catch (IOException | RuntimeException e) {
            in.abort(); // the rest is not wanted
            throw e;
        }
    }

    private interface Call<T> {
        T answer() throws IOException;
    }

    private <T> T ask(String what, Call<T> call) {
        Supplier<String> asked = () -> "store s3://" + name + ": cannot " + what;
        try {
            return call.answer();
        } catch (SdkException e) {
            String message = asked.get() + ": " + e.getMessage();
            throw passing(e) ? new StoreUnavailable(message, e) : new IllegalStateException(message, e);
        } catch (IOException e) {
            throw new UncheckedIOException(asked.get() + ": " + e, e);
        }
    }

    /** Whether the network, the load, or an interruption is to blame, and not what was asked. */
    private static boolean passing(SdkException failure) {
        if (failure instanceof SdkServiceException said) {
            int status = said.statusCode();
            return status >= 500 || status == 408 || status == 409 || status == 429 || said.isThrottlingException();
        }
        if (failure instanceof ApiCallAttemptTimeoutException || failure instanceof AbortedException) {
            return true;
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        client.close();
    }
}
