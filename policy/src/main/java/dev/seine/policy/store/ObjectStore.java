package dev.seine.policy.store;

import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies as objects of a bucket: {@code weights/v000001.safetensors} of the run folder is {@code s3://bucket/prefix/weights/v000001.safetensors}. */
final class ObjectStore implements RunStore {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);
    private static final Pattern NAME = Pattern.compile("[\\w-][\\w.-]*(?:/[\\w-][\\w.-]*)*");

    private final Bucket bucket;
    private final String prefix;
    private final Path run;
    private final FetchedFiles fetched;
    private final BackgroundFetch background;

    /**
     * @param prefix of this run's objects: empty, or with a slash at its end
     * @param run folder of the run, absolute
     */
    ObjectStore(Bucket bucket, String prefix, Path run, FetchedFiles fetched) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.run = run;
        this.fetched = fetched;
        this.background = new BackgroundFetch("fetch from s3://" + bucket.name(), this::bring);
    }

    @Override
    public URI put(Path file, String sha256) {
        bucket.put(key(file), file, sha256);
        return URI.create("s3://" + bucket.name() + "/" + key(file));
    }

    @Override
    public void remove(Path file) {
        bucket.remove(key(file));
    }

    @Override
    public List<Path> list(Path folder) {
        return bucket.keys(key(folder) + "/").stream()
                .map(key -> key.substring(prefix.length()))
                .filter(name -> NAME.matcher(name).matches()) // others are not ours
                .map(run::resolve)
                .toList();
    }

    @Override
    public boolean restore(Path file) {
        String key = key(file);
        return bucket.read(key, content -> {
            String sha256 = content.sha256()
                    .orElseThrow(
                            () -> new IOException("it has no checksum among its metadata: it was not put by Seine"));
            Files.createDirectories(file.getParent());
            FetchedFiles.write(key, content.in(), content.bytes(), sha256, file);
        });
    }

    @Override
    public Sought find(Pointer pointer) {
        name(pointer);
        return background.find(pointer);
    }

    @Override
    public Optional<Path> fetch(Pointer pointer) {
        name(pointer);
        return bring(pointer);
    }

    /** On either thread: what it was itself that wrote the file, what it has fetched, or else what the bucket has. */
    private synchronized Optional<Path> bring(Pointer pointer) {
        String name = name(pointer);
        try {
            Path own = run.resolve(name);
            if (is(own, pointer)) {
                return Optional.of(own);
            }
            Path file = fetched.file(own.getFileName().toString(), pointer.sha256());
            if (is(file, pointer)) {
                fetched.use(file);
                return Optional.of(file);
            }
            fetched.makeRoom();
            return download(pointer, prefix + name, file) ? Optional.of(file) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fetch " + pointer.uri() + ": " + e, e);
        }
    }

    private boolean download(Pointer pointer, String key, Path file) {
        long started = System.nanoTime();
        String source = pointer.uri().toString();
        boolean there = bucket.read(key, content -> {
            FetchedFiles.expect(source, "bytes", Long.toString(content.bytes()), Long.toString(pointer.bytes()));
            FetchedFiles.write(source, content.in(), pointer.bytes(), pointer.sha256(), file);
        });
        if (there) {
            LOG.info(
                    "fetched {}, {} bytes in {} ms",
                    source,
                    pointer.bytes(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
        }
        return there;
    }

    private static boolean is(Path file, Pointer pointer) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == pointer.bytes()
                && Sha256.of(file).equalsIgnoreCase(pointer.sha256());
    }

    /** Name of the pointer's file in the run folder. */
    private String name(Pointer pointer) {
        URI uri = pointer.uri();
        String start = "s3://" + bucket.name() + "/" + prefix;
        String name = uri.toString().startsWith(start) ? uri.toString().substring(start.length()) : "";
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("expected an object under " + start + ", got " + uri);
        }
        return name;
    }

    private String key(Path file) {
        String name = run.relativize(file.toAbsolutePath().normalize()).toString();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("expected a file under " + run + ", got " + file);
        }
        return prefix + name;
    }

    @Override
    public void close() {
        background.close();
        bucket.close();
    }
}
