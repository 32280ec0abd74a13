package dev.seine.learner;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.Decoder;
import dev.seine.policy.Sha256;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Announces versions of the weights. A file is whole, and its checksum taken, before its event is written; it is never changed afterwards
 * under the same checksum. Version 0 and the versions that checkpoints hold are never removed.
 */
final class WeightsPublisher {
    private static final String PREFIX = "v";
    private static final String SUFFIX = ".safetensors";

    private final String policy;
    private final Path dir;
    private final EventProducer producer;
    private final String tokenizerSha256;
    private final int keep;
    private final InstantSource clock;

    /**
     * @param dir folder of the files
     * @param keep newest files kept
     */
    WeightsPublisher(
            String policy, Path dir, EventProducer producer, String tokenizerSha256, int keep, InstantSource clock) {
        this.policy = policy;
        this.dir = dir.toAbsolutePath().normalize();
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
     * Saves the decoder as {@code version} and sends its event; the caller commits. A version that is there already and equal is left alone if it is
     * known to be {@code announced}.
     */
    void publish(Decoder decoder, long version, String stage, boolean announced) {
        Path file = file(version);
        String before = announced && Files.exists(file) ? Sha256.of(file) : "";
        decoder.save(file);
        String sha256 = Sha256.of(file);
        if (sha256.equals(before)) {
            return;
        }
        WeightsPublished event = WeightsPublished.newBuilder()
                .setPolicy(policy)
                .setVersion(version)
                .setStep(version)
                .setStage(stage)
                .setUri(file.toUri().toString())
                .setBytes(size(file))
                .setSha256(sha256)
                .setConfigSha256(decoder.config().sha256())
                .setTokenizerSha256(tokenizerSha256)
                .setAtMs(clock.millis())
                .build();
        producer.send(Topics.WEIGHTS, policy, event);
    }

    /** Removes old files, but none of the newest, of version 0 or of {@code needed}. */
    void prune(Collection<Long> needed) {
        List<Long> versions = versions();
        for (Long version : versions.subList(0, Math.max(0, versions.size() - keep))) {
            if (version != 0 && !needed.contains(version)) {
                try {
                    Files.deleteIfExists(file(version));
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot remove " + file(version), e);
                }
            }
        }
    }

    private List<Long> versions() {
        try (Stream<Path> all = Files.list(dir)) {
            return all.map(f -> f.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "\\d+\\" + SUFFIX))
                    .map(name -> Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length())))
                    .sorted()
                    .toList();
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
