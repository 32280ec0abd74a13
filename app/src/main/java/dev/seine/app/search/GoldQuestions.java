package dev.seine.app.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.app.config.ConfigException;
import dev.seine.event.Passage;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.RefusedLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Questions and the titles of the passages that answer them: {@code {question, gold_titles}}, JSONL. */
final class GoldQuestions {
    private GoldQuestions() {}

    /** A question with at least one gold title. */
    record Gold(String question, Set<String> titles) {
        /** The share of its gold titles that are among the titles of the first k passages. */
        double recall(List<Passage> passages, int k) {
            Set<String> found =
                    passages.stream().limit(k).map(Passage::getTitle).collect(Collectors.toSet());
            return (double) titles.stream().filter(found::contains).count() / titles.size();
        }
    }

    /**
     * The questions of a file.
     *
     * @param refused told of lines that have no question or no gold title
     * @throws ConfigException if there is no file or no question
     */
    static List<Gold> read(Path file, Consumer<RefusedLine> refused) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("no question file " + file);
        }
        List<Gold> questions = new ArrayList<>();
        JsonRecords.read(file, (line, object) -> questions.add(gold(object)), refused);
        if (questions.isEmpty()) {
            throw new ConfigException("question file " + file + " has no question with gold_titles");
        }
        return questions;
    }

    private static Gold gold(JsonNode object) {
        String question = JsonRecords.text(object, "question");
        Set<String> titles = new LinkedHashSet<>();
        object.path("gold_titles").forEach(title -> titles.add(title.asText().strip()));
        if (question.isEmpty() || titles.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected question and gold_titles, got " + object.size() + " other fields");
        }
        return new Gold(question, titles);
    }
}
