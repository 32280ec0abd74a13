package dev.seine.app.promote;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.Sha256;
import dev.seine.policy.store.Pointer;
import dev.seine.policy.store.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of versions that serve, or did, in a folder of their own and with copies of their own: a learner prunes its files, and
 * what serves must not go with them. A file here is a second name of the learner's, which costs no space as long as that is
 * there.
 */
public final class KeptWeights {
    private static final String SUFFIX = ".safetensors";

    private final Path folder;
    private final RunStore store;
    private final String policy;
    private final String configSha256;
    private final String tokenizerSha256;
    private final int keep;

    /**
     * Kept weights of one policy.
     *
     * @param folder made if it is not there
     * @param store of the copies; it stays the caller's
     * @param configSha256 checksum of the architecture
     * @param tokenizerSha256 checksum of the tokenizer
     * @param keep newest files that are kept beside those in use
     */
    public KeptWeights(
            Path folder, RunStore store, String policy, String configSha256, String tokenizerSha256, int keep) {
        this.folder = folder;
        this.store = store;
        this.policy = policy;
        this.configSha256 = configSha256;
        this.tokenizerSha256 = tokenizerSha256;
        this.keep = keep;
    }

    /** Where an event says that a version is. */
    public static Pointer pointer(WeightsPublished weights) {
        return Pointer.of(weights.getUri(), weights.getBytes(), weights.getSha256());
    }

    /**
     * Keeps a file. May be repeated.
     *
     * @param stage of the weights
     * @return the pointer to the kept file
     */
    public WeightsPublished keep(Path file, long version, String stage, long atMs) {
        try {
            Files.createDirectories(folder);
            String sha256 = Sha256.of(file);
            // The checksum is in the name: a learner that went back writes a version anew, and what serves stays what
            // it is.
            Path kept = folder.resolve("v%06d-%s%s".formatted(version, sha256.substring(0, 12), SUFFIX));
            if (!Files.exists(kept)) {
                link(file, kept);
            }
            return WeightsPublished.newBuilder()
                    .setPolicy(policy)
                    .setVersion(version)
                    .setStep(version)
                    .setStage(stage)
                    .setUri(store.put(kept, sha256).toString())
                    .setBytes(Files.size(kept))
                    .setSha256(sha256)
                    .setConfigSha256(configSha256)
                    .setTokenizerSha256(tokenizerSha256)
                    .setAtMs(atMs)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + file + " in " + folder, e);
        }
    }

    /** Removes the oldest files, but none of these. */
    public void prune(Collection<WeightsPublished> needed) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : old(files.toList(), needed)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prune " + folder, e);
        }
        old(store.list(folder), needed).forEach(store::remove);
    }

    private List<Path> old(List<Path> files, Collection<WeightsPublished> needed) {
        List<Path> unused = files.stream()
                .filter(file -> file.toString().endsWith(SUFFIX))
                .filter(file ->
                        needed.stream().noneMatch(weights -> weights.getUri().endsWith("/" + file.getFileName())))
                .sorted()
                .toList();
        return unused.subList(0, Math.max(0, unused.size() - keep));
    }

    /** Whole or not there. Across file systems it is a copy. */
    private static void link(Path file, Path kept) throws IOException {
        try {
            Files.createLink(kept, file);
        } catch (UnsupportedOperationException | IOException e) {
            Path part = kept.resolveSibling(kept.getFileName() + ".part");
            Files.copy(file, part, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, kept, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
