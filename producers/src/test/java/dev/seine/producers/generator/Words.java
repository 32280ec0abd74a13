package dev.seine.producers.generator;

import dev.seine.policy.Tokenizer;
import dev.seine.schemas.Dialect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A tokenizer of words between white space that learns its vocabulary as it goes. */
final class Words implements Tokenizer {
    static final String EOS = "<eos>";

    private final List<String> words = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();

    Words() {
        Dialect dialect = Dialect.R1_SEARCHER_PP;
        List.of(EOS, "<pad>", dialect.queryOpen(), dialect.queryClose(), ScriptedEngine.POISON)
                .forEach(this::intern);
    }

    private int intern(String word) {
        return ids.computeIfAbsent(word, w -> {
            words.add(w);
            return words.size() - 1;
        });
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1))
                .mapToInt(this::intern)
                .toArray();
    }

    @Override
    public String decode(int[] tokens) {
        return Arrays.stream(tokens).mapToObj(words::get).collect(Collectors.joining(" "));
    }

    @Override
    public int id(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException("no such token: " + token);
        }
        return id;
    }

    @Override
    public int vocabSize() {
        return words.size();
    }

    @Override
    public int eos() {
        return id(EOS);
    }

    @Override
    public int pad() {
        return id("<pad>");
    }

    @Override
    public String sha256() {
        return "tokenizer";
    }

    @Override
    public void close() {}
}
