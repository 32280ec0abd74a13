package dev.seine.producers.questions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.RefusedLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads questions from a JSONL file or a JSON array in the layouts in use: {@code id, question, answer(s)}; R1-Searcher
 * ({@code idx}); HotpotQA and 2Wiki ({@code _id}); MuSiQue ({@code answer_aliases}, {@code answerable},
 * {@code question_decomposition}); Bamboogle ({@code Question}, {@code Answer}). Fields {@code split} and {@code hops} pass through; unknown fields are ignored.
 *
 * <p>Ids are a function of the file: a given text id is kept; a number, or the line where there is no id, is put behind
 * the file's name; a repeated id gets {@code ~2}, {@code ~3} and so on.
 */
public final class QuestionFile {
    private static final List<String> ID_FIELDS = List.of("id", "_id", "idx");
    private static final List<String> QUESTION_FIELDS = List.of("question", "Question");
    private static final List<String> ANSWER_FIELDS =
            List.of("answer", "answers", "golden_answers", "answer_aliases", "Answer");

    private final String source;
    private final String stem;
    private final Set<String> ids = new HashSet<>();
    private final List<QuestionDraft> drafts = new ArrayList<>();

    private QuestionFile(Path file) {
        source = file.getFileName().toString();
        stem = source.contains(".") ? source.substring(0, source.indexOf('.')) : source;
    }

    /**
     * The questions of a file, in its order.
     *
     * @param refused told of each line that is no usable question
     * @throws IllegalArgumentException if not one question is usable
     */
    public static List<QuestionDraft> read(Path file, Consumer<RefusedLine> refused) {
        QuestionFile questions = new QuestionFile(file);
        List<RefusedLine> first = new ArrayList<>(1);
        JsonRecords.read(file, questions::add, line -> {
            if (first.isEmpty()) {
                first.add(line);
            }
            refused.accept(line);
        });
        if (questions.drafts.isEmpty()) {
            throw new IllegalArgumentException("question file " + file + " has no usable question; "
                    + (first.isEmpty() ? "it is empty" : "first refusal: " + first.get(0)));
        }
        return List.copyOf(questions.drafts);
    }

    private void add(long line, JsonNode object) {
        if (object.path("answerable").isBoolean() && !object.path("answerable").asBoolean()) {
            throw new IllegalArgumentException("question is marked as not answerable");
        }
        String id = id(line, object);
        drafts.add(new QuestionDraft(unique(id), text(object), answers(object), source, split(object), hops(object)));
        ids.add(drafts.get(drafts.size() - 1).id());
    }

    private static String text(JsonNode object) {
        return QUESTION_FIELDS.stream()
                .filter(object::has)
                .findFirst()
                .map(field -> JsonRecords.text(object, field))
                .orElseThrow(() -> {
                    List<String> fields = new ArrayList<>();
                    object.fieldNames().forEachRemaining(fields::add);
                    return new IllegalArgumentException("no layout that is known: it needs one of "
                            + String.join(", ", QUESTION_FIELDS) + " and one of " + String.join(", ", ANSWER_FIELDS)
                            + ", got " + String.join(", ", fields));
                });
    }

    private String id(long line, JsonNode object) {
        for (String field : ID_FIELDS) {
            String value = JsonRecords.text(object, field);
            if (!value.isEmpty()) {
                return object.path(field).isTextual() ? value : stem + "-" + value;
            }
        }
        return stem + "-line" + line;
    }

    private String unique(String id) {
        String candidate = id;
        for (int n = 2; ids.contains(candidate); n++) {
            candidate = id + "~" + n;
        }
        return candidate;
    }

    private static List<String> answers(JsonNode object) {
        Set<String> answers = new LinkedHashSet<>();
        for (String field : ANSWER_FIELDS) {
            JsonNode value = object.path(field);
            if (value.isArray()) {
                value.forEach(item -> {
                    if (item.isValueNode() && !item.isNull()) {
                        answers.add(item.asText().strip());
                    }
                });
            } else {
                answers.add(JsonRecords.text(object, field));
            }
        }
        answers.remove("");
        return List.copyOf(answers);
    }

    private static String split(JsonNode object) {
        return JsonRecords.text(object, "split");
    }

    private static int hops(JsonNode object) {
        JsonNode decomposition = object.path("question_decomposition");
        return object.has("hops") ? object.path("hops").asInt() : decomposition.size();
    }
}
