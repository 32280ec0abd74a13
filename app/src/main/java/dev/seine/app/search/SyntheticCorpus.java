package dev.seine.app.search;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A corpus of any size for measurements: passages of 40 to 80 words drawn by Zipf's law from made-up ones, each about a title of its own.
 * Equal seeds give equal files.
 */
final class SyntheticCorpus {
    private static final int VOCABULARY = 50_000;
    private static final String[] SYLLABLES = {
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi",
        "yo", "zu"
    };

    private final SplittableRandom random;

    SyntheticCorpus(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** Writes this many passages as JSONL. */
    void write(Path file, long passages) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (long i = 0; i < passages; i++) {
                String title = title(i);
                out.write("{\"id\":\"s" + i + "\",\"title\":\"" + title + "\",\"text\":\"" + title);
                for (int words = 40 + random.nextInt(41); words > 0; words--) {
                    out.write(' ');
                    out.write(word(zipf()));
                }
                out.write(".\"}\n");
            }
        }
    }

    /** The title of a passage: two words that no other passage has for a title. */
    static String title(long number) {
        return word((int) (number % VOCABULARY)) + " " + word((int) (number / VOCABULARY));
    }

    /** A rank with probability about 1 / rank. */
    private int zipf() {
        return (int) Math.pow(VOCABULARY, random.nextDouble()) - 1;
    }

    /** The word of a rank: its number in base 20, at least two syllables. */
    private static String word(int rank) {
        StringBuilder word = new StringBuilder();
        int left = rank;
        do {
            word.append(SYLLABLES[left % SYLLABLES.length]);
            left /= SYLLABLES.length;
        } while (left > 0);
        return word.length() < 4 ? word.append("na").toString() : word.toString();
    }
}
