package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenizerTest {
    private static final List<String> SPECIALS = List.of(
            "<pad>",
            "<eos>",
            "<unk>",
            "<internal>",
            "</internal>",
            "<external>",
            "</external>",
            "<document>",
            "</document>",
            "\\boxed{",
            "}");

    private static final List<String> TEXTS = List.of(
            "Question: What currency is used in the country where Reykjavik is? Answer:",
            "<internal> Reykjavik is in Iceland. </internal> <external> currency of Iceland </external>",
            "<document> (1) Iceland: The currency of Iceland is the Icelandic Króna. (2) Côte d’Ivoire: Its main language is French. </document>",
            "\\boxed{ Norwegian Krone }",
            "St. Vincent & Grenadines, São Tomé & Príncipe, Guinea-Bissau and Cocos (Keeling) Islands",
            "Congo - Kinshasa has 3.5 neighbours; the U.S. has two! Myanmar (Burma), (Really?).",
            "中国 Россия ελλάδα İstanbul");

    @TempDir
    private Path folder;

    private Tokenizer tokenizer(int maxVocabulary, List<String> texts) {
        Path file = folder.resolve("tokenizer.json");
        WordTokenizer.write(file, texts, SPECIALS, maxVocabulary);
        return Tokenizer.load(file);
    }

    static List<String> texts() {
        return TEXTS;
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textsComeBack(String text) {
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(IntStream.of(ids)).doesNotContain(tokenizer.id("<unk>"));
            String spread = "  " + text.replace(" ", " \n\t ") + " ";
            assertThat(tokenizer.encode(spread)).isEqualTo(ids);
            assertThat(tokenizer.encode(Normalizer.normalize(text, Normalizer.Form.NFD)))
                    .isEqualTo(ids);
        }
    }

    @Test
    void marksAreTokensOnlyAtTheEdgesOfWords() {
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            assertThat(tokens(tokenizer, "(Burma), 3.5 U.S. St. d’Ivoire"))
                    .containsExactly("(", "Burma", ")", ",", "3.5", "U.S", ".", "St", ".", "d’Ivoire");
            assertThat(tokens(tokenizer, "Iceland.</internal>\\boxed{Norwegian Krone}"))
                    .containsExactly("Iceland", ".", "</internal>", "\\boxed{", "Norwegian", "Krone", "}");
        }
    }

    @Test
    void joiningEncodedPiecesEqualsEncodingTheWhole() {
        // the generator inserts documents by ids, the learner's demonstrations are encoded whole
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            int[] whole = tokenizer.encode(String.join(" ", TEXTS));
            int[] pieces = TEXTS.stream()
                    .flatMapToInt(t -> IntStream.of(tokenizer.encode(t)))
                    .toArray();
            assertThat(pieces).isEqualTo(whole);
        }
    }

    @Test
    void idsAreSpecialsThenWordsByFrequencyThenByCharacters() {
        try (Tokenizer tokenizer = tokenizer(14, List.of("b b b a c a c d", "d <eos> d d"))) {
            assertThat(tokens(tokenizer, "d b a")).containsExactly("d", "b", "a");
            assertThat(tokenizer.encode("d b a c <eos>")).containsExactly(11, 12, 13, 2, 1); // no room for c
            assertThat(tokenizer.vocabSize()).isEqualTo(14);
            assertThat(tokenizer.eos()).isEqualTo(1);
            assertThat(tokenizer.pad()).isZero();
            assertThat(tokenizer.decode(new int[] {11, 2, 0, 1})).isEqualTo("d <unk> <pad> <eos>");
        }
    }

    @Test
    void longTextsAreNotCut() {
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            String text = "Iceland ".repeat(3000).trim();
            assertThat(tokenizer.encode(text)).hasSize(3000);
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.decode(new int[0])).isEmpty();
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLibrarySplitsAsTheVocabularyWasCounted(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "ab.,?!;:()’-& \u00a0\u2003\té}";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        try (Tokenizer tokenizer = tokenizer(100_000, List.of(text.toString()))) {
            List<String> expected = new ArrayList<>();
            for (String part : text.toString().split("((?=\\})|(?<=\\}))", -1)) {
                expected.addAll(part.equals("}") ? List.of(part) : WordTokenizer.words(part));
            }
            assertThat(tokens(tokenizer, text.toString())).isEqualTo(expected);
        }
    }

    @Test
    void unknownTokensAndIdsAreToldWithTheFile() {
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            assertThatThrownBy(() -> tokenizer.id("<search>")).hasMessageContaining("has no token <search>");
            int size = tokenizer.vocabSize();
            assertThatThrownBy(() -> tokenizer.decode(new int[] {size}))
                    .hasMessageContaining("has ids 0 to " + (size - 1) + ", got " + size);
        }
    }

    @Test
    void equalInputsGiveEqualFiles() throws Exception {
        Path other = folder.resolve("other.json");
        WordTokenizer.write(other, TEXTS, SPECIALS, 1000);
        try (Tokenizer tokenizer = tokenizer(1000, TEXTS)) {
            assertThat(tokenizer.sha256()).isEqualTo(Sha256.of(other)).isEqualTo(Sha256.of(Files.readAllBytes(other)));
        }
    }

    @Test
    void specialTokensMustHoldUnknownAndFit() {
        Path file = folder.resolve("tokenizer.json");
        assertThatThrownBy(() -> WordTokenizer.write(file, TEXTS, List.of("<eos>"), 10))
                .hasMessageContaining("<unk>");
        assertThatThrownBy(() -> WordTokenizer.write(file, TEXTS, SPECIALS, 10))
                .hasMessage("max-vocabulary must be at least the 11 special tokens, got 10");
    }

    @Test
    void aBytePairTokenizerIsDecodedByTheLibrary() throws Exception {
        // Ġ stands for a space; merges make "Ġa" one token
        Path file = folder.resolve("bpe.json");
        Files.writeString(
                file,
                """
                {"version":"1.0","truncation":null,"padding":null,
                 "added_tokens":[{"id":5,"content":"<|im_end|>","single_word":false,"lstrip":false,"rstrip":false,
                   "normalized":false,"special":true},
                  {"id":6,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,
                   "normalized":false,"special":true}],
                 "normalizer":null,
                 "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
                 "post_processor":null,
                 "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
                 "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":"","end_of_word_suffix":"",
                  "fuse_unk":false,"byte_fallback":false,"vocab":{"a":0,"b":1,"Ġ":2,"Ġa":3,".":4},"merges":["Ġ a"]}}
                """);
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            int[] ids = tokenizer.encode("b a.a<|im_end|>");
            assertThat(ids).containsExactly(1, 3, 4, 0, 5);
            assertThat(tokenizer.decode(ids)).isEqualTo("b a.a<|im_end|>");
            assertThat(tokenizer.eos()).isEqualTo(5);
            assertThat(tokenizer.pad()).isEqualTo(6);
            assertThat(tokenizer.vocabSize()).isEqualTo(7);
        }
    }

    private static List<String> tokens(Tokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text))
                .mapToObj(id -> tokenizer.decode(new int[] {id}))
                .toList();
    }
}
