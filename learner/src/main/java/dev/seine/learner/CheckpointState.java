package dev.seine.learner;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything about a learner that is not an array.
 *
 * @param policy name of the policy
 * @param step steps done; the weights' version
 * @param seed of the draws, which are a function of seed and step
 * @param modelSha256 checksum of the architecture
 * @param tokenizerSha256 checksum of the tokenizer
 * @param config the learner's settings, as text
 * @param offsets by topic and partition, the next record to read; rollouts before it are consumed
 * @param consumed groups consumed beyond those offsets, or so recently that they may be delivered again
 * @param trained rollouts trained so far
 * @param skipped rollouts skipped so far, by reason
 * @param duplicates deliveries repeated so far
 * @param files checksums of the other files, by name
 * @param atMs when it was written, in milliseconds since 1970-01-01 UTC
 */
record CheckpointState(
        String policy,
        long step,
        long seed,
        String modelSha256,
        String tokenizerSha256,
        String config,
        Map<String, Map<Integer, Long>> offsets,
        List<Consumed> consumed,
        long trained,
        Map<String, Long> skipped,
        long duplicates,
        Map<String, String> files,
        long atMs) {
    CheckpointState {
        offsets = new TreeMap<>(offsets);
        consumed = List.copyOf(consumed);
        skipped = new TreeMap<>(skipped);
        files = new TreeMap<>(files);
    }

    /** The same with the files' checksums. */
    CheckpointState withFiles(Map<String, String> checksums) {
        return new CheckpointState(
                policy,
                step,
                seed,
                modelSha256,
                tokenizerSha256,
                config,
                offsets,
                consumed,
                trained,
                skipped,
                duplicates,
                checksums,
                atMs);
    }
}
