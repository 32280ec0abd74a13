package dev.seine.streams.recorded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.event.FinishReason;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.streams.reward.Rollout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A file of results in R1-Searcher's layout: one JSON object per line with question, answer (a text or a list of texts),
 * gen_text_store and, if it is there, pred_ans.
 */
public final class RecordedTrajectories {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Dialect dialect;

    /** The file's trajectories in this dialect; nothing is read yet. */
    public RecordedTrajectories(Path file, Dialect dialect) {
        this.file = file;
        this.dialect = dialect;
    }

    /**
     * The lines in order, read as they are asked for; blank lines are left out, and a bad line does not stop it. To be
     * closed by the caller.
     */
    public Stream<RecordedLine> lines() {
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
            AtomicLong number = new AtomicLong();
            return reader.lines().onClose(() -> close(reader)).flatMap(line -> {
                long at = number.incrementAndGet();
                return line.isBlank() ? Stream.empty() : Stream.of(read(line, at));
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * All trajectories.
     *
     * @throws IllegalArgumentException at the first bad line, with file, number and cause
     */
    public List<Rollout> all() {
        try (Stream<RecordedLine> lines = lines()) {
            return lines.map(line -> {
                        if (line instanceof RecordedLine.Refused refused) {
                            throw new IllegalArgumentException(refused.message());
                        }
                        return ((RecordedLine.Read) line).rollout();
                    })
                    .toList();
        }
    }

    private RecordedLine read(String line, long number) {
        try {
            JsonNode json = JSON.readTree(line);
            String text = text(json, "gen_text_store");
            String question = text(json, "question");
            List<String> answers = answers(json.path("answer"));
            Optional<String> stated = Optional.of(json.path("pred_ans"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue);
            return new RecordedLine.Read(number, Rollout.of(trajectory(number, question, answers, text, stated)));
        } catch (JsonProcessingException e) {
            return new RecordedLine.Refused(file, number, "no JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            return new RecordedLine.Refused(file, number, String.valueOf(e.getMessage()));
        }
    }

    private Trajectory trajectory(
            long number, String question, List<String> answers, String text, Optional<String> stated) {
        String questionId = file.getFileName() + ":" + number;
        return Trajectory.newBuilder()
                .setRolloutId(questionId + "@0#0")
                .setGroupId(questionId + "@0")
                .setGroupSize(1)
                .setRolloutIndex(0)
                .setQuestionId(questionId)
                .setQuestion(question)
                .setAnswers(answers)
                .setSource(file.getFileName().toString())
                .setSplit("")
                .setDialect(dialect.id())
                .setPrompt("")
                .setText(text)
                .setStatedAnswer(stated.orElse(null))
                .setSearches(Markup.parse(dialect, text).searches())
                .setFinish(FinishReason.EXTERNAL)
                .setPolicy(dialect.id())
                .setAtMs(0)
                .build();
    }

    private static List<String> answers(JsonNode node) {
        List<String> answers = new ArrayList<>();
        for (JsonNode answer : node.isArray() ? node : List.of(node)) {
            if (!answer.isTextual()) {
                throw new IllegalArgumentException("'answer' must be a text or a list of texts, got " + kind(node));
            }
            answers.add(answer.textValue());
        }
        return answers;
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + field + "' must be a text, got " + kind(value));
        }
        return value.textValue();
    }

    private static String kind(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static void close(BufferedReader reader) {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
