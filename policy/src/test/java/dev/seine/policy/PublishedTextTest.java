package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Token ids of 10,000 lines of published text against the Tokenizers library's ({@code golden/make.py}). */
final class PublishedTextTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final List<String> FILES = List.of(
            "corpus/2wiki_6119",
            "corpus/kilt_slice",
            "r1-searcher/eval/hotpotqa_500",
            "r1-searcher/eval/musique_500",
            "r1-searcher/eval/2wiki_500");

    @Test
    void idsOfTenThousandLinesAreEqual() throws IOException, NoSuchAlgorithmException {
        List<String> lines = lines();
        List<String> sums = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(GOLDEN.resolve("tokenizer-4k.json"))) {
            for (int start = 0; start < lines.size(); start += 100) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                lines.subList(start, start + 100).forEach(line -> digest.update(bytes(tokenizer.encode(line))));
                sums.add(HexFormat.of().formatHex(digest.digest()));
            }
        }
        assertThat(sums).isEqualTo(Files.readAllLines(GOLDEN.resolve("tokenizer-4k.sha256")));
    }

    private static byte[] bytes(int[] ids) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        return bytes.array();
    }

    /** The lines as they stand in their files, every fiftieth between special tokens. */
    private static List<String> lines() throws IOException {
        Path data = Path.of(System.getProperty("seine.shared", "")).resolve("data");
        List<String> lines = new ArrayList<>();
        for (String name : FILES) {
            Path file = data.resolve(name + ".jsonl");
            assumeTrue(Files.exists(file), "no published data: set -Dseine.shared to its folder, not at " + file);
            for (String line : Files.readString(file).split("\n", -1)) {
                if (!line.isEmpty()) {
                    lines.add(line);
                }
            }
        }
        List<String> wrapped = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String line = lines.get(i);
            wrapped.add(i % 50 == 0 ? "<|im_start|>user\n" + line + "<|im_end|>\n<|endoftext|>" : line);
        }
        return wrapped;
    }
}
