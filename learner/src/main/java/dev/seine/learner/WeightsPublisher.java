package dev.seine.learner;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.Decoder;
import dev.seine.policy.Sha256;
import dev.seine.policy.store.RunStore;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Announces versions of the weights. A file is whole, its checksum taken and its copy in the run's store, before its event is written; it is
 * never changed afterwards under the same checksum. Version 0 and the versions that checkpoints hold are never removed.
 */
final class WeightsPublisher {
    private static final String PREFIX = "v";
    private static final String SUFFIX = ".safetensors";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{1,18}\\" + SUFFIX);

    private final String policy;
    private final Path dir;
    private final RunStore store;
    private final EventProducer producer;
    private final String tokenizerSha256;
    private final int keep;
    private final InstantSource clock;

    /**
     * @param dir folder of the files
     * @param store where those who do not see the folder find them; it stays the caller's
     * @param keep newest files kept
     */
    WeightsPublisher(
            String policy,
            Path dir,
            RunStore store,
            EventProducer producer,
            String tokenizerSha256,
            int keep,
            InstantSource clock) {
        this.policy = policy;
        this.dir = dir.toAbsolutePath().normalize();
        this.store = store;
        this.producer = producer;
        this.tokenizerSha256 = tokenizerSha256;
        this.keep = keep;
        this.clock = clock;
    }

    /** File of a version. */
    Path file(long version) {
        return file(dir, version);
    }

    /** Where a folder of weights has a version. */
    static Path file(Path dir, long version) {
        return dir.resolve(String.format("%s%06d%s", PREFIX, version, SUFFIX));
    }

    /**
     * Saves the decoder as {@code version}. Empty if the same was {@code announced} before; otherwise what is to be put into the store and
     * then announced.
     */
    Optional<Saved> save(Decoder decoder, long version, boolean announced) {
        Path file = file(version);
        String before = announced && Files.exists(file) ? Sha256.of(file) : "";
        decoder.save(file);
        Saved saved = new Saved(file, version, Sha256.of(file), decoder.config().sha256());
        return Optional.of(saved).filter(s -> !s.sha256().equals(before));
    }

    /** A version's file that nobody knows of yet. */
    record Saved(Path file, long version, String sha256, String configSha256) {}

    /** Puts a version into the store. May be repeated. @return where it is for everybody */
    URI put(Saved saved) {
        return store.put(saved.file(), saved.sha256());
    }

    /** Sends the event of a version that is in the store; the caller commits. */
    void announce(Saved saved, URI where, String stage) {
        WeightsPublished event = WeightsPublished.newBuilder()
                .setPolicy(policy)
                .setVersion(saved.version())
                .setStep(saved.version())
                .setStage(stage)
                .setUri(where.toString())
                .setBytes(size(saved.file()))
                .setSha256(saved.sha256())
                .setConfigSha256(saved.configSha256())
                .setTokenizerSha256(tokenizerSha256)
                .setAtMs(clock.millis())
                .build();
        producer.send(Topics.WEIGHTS, policy, event);
    }

    /** Brings a version back from the store if its file is not here, as on another machine. @return whether it is here now */
    boolean restore(long version) {
        return store.has(file(version));
    }

    /** Removes old files and copies, but none of the newest, of version 0 or of {@code needed}. */
    void prune(Collection<Long> needed) {
        for (Path file : old(files(), needed)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove " + file, e);
            }
        }
        old(store.list(dir), needed).forEach(store::remove);
    }

    private List<Path> old(List<Path> all, Collection<Long> needed) {
        List<Path> versions = all.stream()
                .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                .sorted(Comparator.comparing(WeightsPublisher::version))
                .toList();
        return versions.subList(0, Math.max(0, versions.size() - keep)).stream()
                .filter(file -> version(file) != 0 && !needed.contains(version(file)))
                .toList();
    }

    private static long version(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(dir)) {
            return all.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + dir, e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
