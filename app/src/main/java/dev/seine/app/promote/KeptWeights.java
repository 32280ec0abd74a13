package dev.seine.app.promote;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files of versions that serve, or did, in a folder of their own: a learner prunes its files, and what serves must not go with
 * them. A file here is a second name of the learner's, which costs no space as long as that is there.
 */
public final class KeptWeights {
    private static final String SUFFIX = ".safetensors";

    private final Path folder;
    private final String policy;
    private final String configSha256;
    private final String tokenizerSha256;
    private final int keep;

    /**
     * Kept weights of one policy.
     *
     * @param folder made if it is not there
     * @param configSha256 checksum of the architecture
     * @param tokenizerSha256 checksum of the tokenizer
     * @param keep newest files that are kept beside those in use
     */
    public KeptWeights(Path folder, String policy, String configSha256, String tokenizerSha256, int keep) {
        this.folder = folder;
        this.policy = policy;
        this.configSha256 = configSha256;
        this.tokenizerSha256 = tokenizerSha256;
        this.keep = keep;
    }

    /** The file of a version that is kept. */
    public static Path file(WeightsPublished weights) {
        return Path.of(URI.create(weights.getUri()));
    }

    /**
     * Keeps a file.
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
                    .setUri(kept.toUri().toString())
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
        Set<Path> inUse = needed.stream().map(KeptWeights::file).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> oldest = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .filter(file -> !inUse.contains(file))
                    .sorted()
                    .toList();
            for (Path file : oldest.subList(0, Math.max(0, oldest.size() - keep))) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prune " + folder, e);
        }
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
