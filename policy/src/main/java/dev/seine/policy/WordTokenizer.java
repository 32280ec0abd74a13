package dev.seine.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a word-level {@code tokenizer.json} from texts. Words are what white space separates; <code>. , ? ! ; : )</code> at the end of a
 * word and {@code (} at its start are tokens of their own, anywhere else they belong to the word: {@code St.} is two tokens, {@code U.S},
 * {@code 3.5}, {@code Côte} and {@code d’Ivoire} are one each.
 */
public final class WordTokenizer {
    private static final String OPENING = "\\A\\(";
    private static final String CLOSING = "[.,?!;:)](?=[.,?!;:)]*\\z)";
    private static final Pattern MARKS = Pattern.compile(OPENING + "|" + CLOSING);
    private static final Pattern SPACE = Pattern.compile("(?U)\\s+");

    private WordTokenizer() {}

    /**
     * Writes the file. Ids: the special tokens in their order, then words by falling frequency, equals in the order of their characters.
     * Words beyond {@code maxVocabulary} tokens in all become {@code <unk>}.
     *
     * @param specialTokens matched anywhere in a text, before words are; among them {@code <unk>}
     */
    public static void write(
            Path tokenizerJson, Iterable<String> texts, List<String> specialTokens, int maxVocabulary) {
        Set<String> specials = new HashSet<>(specialTokens);
        if (specials.size() < specialTokens.size() || !specials.contains("<unk>")) {
            throw new IllegalArgumentException("special tokens must be distinct and hold <unk>, got " + specialTokens);
        }
        if (maxVocabulary < specials.size()) {
            throw new IllegalArgumentException(
                    "max-vocabulary must be at least the " + specials.size() + " special tokens, got " + maxVocabulary);
        }
        List<String> words = new ArrayList<>(specialTokens);
        frequent(texts, specialTokens).stream()
                .filter(word -> !specials.contains(word))
                .limit(maxVocabulary - specials.size())
                .forEach(words::add);
        try {
            Files.writeString(tokenizerJson, json(specialTokens, words));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + tokenizerJson, e);
        }
    }

    /** Whether no space goes before this token. */
    static boolean closes(String token) {
        return token.length() == 1 && ".,?!;:)".contains(token);
    }

    /** Whether no space goes after this token. */
    static boolean opens(String token) {
        return token.equals("(");
    }

    private static List<String> frequent(Iterable<String> texts, List<String> specialTokens) {
        Pattern specials = Pattern.compile(specialTokens.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        Map<String, Integer> counts = new HashMap<>();
        for (String text : texts) {
            for (String part : specials.split(text, -1)) {
                words(part).forEach(word -> counts.merge(word, 1, Integer::sum));
            }
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The words and marks of a text without special tokens: the same rule as the file's, which Hugging Face's library follows. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : SPACE.split(Normalizer.normalize(text, Normalizer.Form.NFC), -1)) {
            Matcher mark = MARKS.matcher(word);
            int at = 0;
            while (mark.find()) {
                words.add(word.substring(at, mark.start()));
                words.add(mark.group());
                at = mark.end();
            }
            words.add(word.substring(at));
        }
        words.removeIf(String::isEmpty);
        return words;
    }

    private static String json(List<String> specialTokens, List<String> words) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < specialTokens.size(); id++) {
            ObjectNode token = added.addObject().put("id", id).put("content", specialTokens.get(id));
            token.put("single_word", false).put("lstrip", false).put("rstrip", false);
            token.put("normalized", false).put("special", true);
        }
        root.putObject("normalizer").put("type", "NFC");
        ObjectNode before = root.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = before.putArray("pretokenizers");
        steps.addObject().put("type", "WhitespaceSplit");
        split(steps, OPENING);
        split(steps, CLOSING);
        root.putNull("post_processor").putNull("decoder");
        ObjectNode model = root.putObject("model").put("type", "WordLevel").put("unk_token", "<unk>");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < words.size(); id++) {
            vocabulary.put(words.get(id), id);
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void split(ArrayNode steps, String regex) {
        ObjectNode step = steps.addObject()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false);
        step.putObject("pattern").put("Regex", regex);
    }
}
