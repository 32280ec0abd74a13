package dev.seine.app.doctor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.WordTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks that the native libraries load and work. */
final class Libraries {
    static final String ADVICE = "the native libraries are built for Linux on x86-64 with glibc 2.28 or newer; they are"
            + " unpacked into ~/.djl.ai, or DJL_CACHE_DIR, which must be writable";

    private static final String PLATFORM = System.getProperty("os.name") + " on " + System.getProperty("os.arch");

    private Libraries() {}

    static Finding torch() {
        Torch.ready();
        try (NDManager manager = Torch.manager();
                NDArray ones = manager.create(new float[] {1, 1});
                NDArray sum = ones.sum()) {
            float two = sum.getFloat();
            return two == 2
                    ? Finding.ok("PyTorch", "works, " + PLATFORM)
                    : Finding.fail("PyTorch", "computes 1 + 1 = " + two, ADVICE);
        }
    }

    static Finding tokenizers() {
        try {
            Path file = Files.createTempFile("seine-tokenizer", ".json");
            try {
                return roundTrip(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary file: " + e.getMessage(), e);
        }
    }

    private static Finding roundTrip(Path file) {
        String text = "rivers and nets";
        WordTokenizer.write(file, List.of(text), List.of("<pad>", "<eos>", "<unk>"), 100);
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            String back = tokenizer.decode(tokenizer.encode(text));
            return back.equals(text)
                    ? Finding.ok("tokenizers", "work, " + PLATFORM)
                    : Finding.fail("tokenizers", "read '" + text + "' back as '" + back + "'", ADVICE);
        }
    }
}
