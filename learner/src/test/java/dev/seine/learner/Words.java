package dev.seine.learner;

import dev.seine.policy.ModelConfig;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.WordTokenizer;
import dev.seine.schemas.Demonstration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small language: question i is answered with word i, after a search for every other one. */
final class Words {
    private static final List<String> SPECIALS = List.of(
            "<pad>", "<eos>", "<unk>", "<external>", "</external>", "<document>", "</document>", "\\boxed{", "}");

    private Words() {}

    static Tokenizer tokenizer(Path dir) {
        Path file = dir.resolve("tokenizer.json");
        List<String> texts = new ArrayList<>();
        demonstrations(20).forEach(d -> texts.add(d.prompt() + " " + d.response()));
        WordTokenizer.write(file, texts, SPECIALS, 100);
        return Tokenizer.load(file);
    }

    static ModelConfig model(Tokenizer tokenizer) {
        return new ModelConfig(tokenizer.vocabSize(), 32, 64, 2, 4, 2, 8, 64, 10_000, 1e-6, true, true);
    }

    static List<Demonstration> demonstrations(int count) {
        List<Demonstration> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String search = i % 2 == 0
                    ? ""
                    : "<external> q" + i + " </external> <document> q" + i + " is a" + i + " </document> ";
            all.add(new Demonstration(
                    "d" + i,
                    "what is q" + i,
                    List.of("a" + i),
                    "Question: what is q" + i + " Answer:",
                    search + "\\boxed{ a" + i + " }"));
        }
        return all;
    }
}
