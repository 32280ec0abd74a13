package dev.seine.app.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.config.ConfigException;
import dev.seine.event.Question;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.questions.QuestionDraft;
import dev.seine.producers.questions.QuestionFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The question sets of a run folder. */
final class QuestionSets {
    /** Questions about known entities that are never trained on. */
    static final String HELD_OUT_QUESTIONS = "heldout-questions";
    /** Questions about entities whose facts never occur in training. */
    static final String HELD_OUT_ENTITIES = "heldout-entities";
    /** Single facts, asked without search; the id is the id of the passage that states the fact. */
    static final String PROBE = "probe";

    private static final ObjectMapper JSON = new ObjectMapper();

    private QuestionSets() {}

    /** The sets that are evaluated with search, in order. */
    static List<String> evaluated(RunFolder folder) {
        return Stream.of(HELD_OUT_QUESTIONS, HELD_OUT_ENTITIES)
                .filter(set -> Files.exists(folder.evaluationQuestions(set)))
                .toList();
    }

    /** All question files of the folder. */
    static List<Path> files(RunFolder folder) {
        return Stream.of(
                        folder.trainQuestions(),
                        folder.evaluationQuestions(HELD_OUT_QUESTIONS),
                        folder.evaluationQuestions(HELD_OUT_ENTITIES))
                .filter(Files::exists)
                .toList();
    }

    /** A set as questions to be asked once each. */
    static List<Question> read(Path file) {
        return read(file, line -> {});
    }

    /** The same; {@code refused} is told of lines that cannot be used. */
    static List<Question> read(Path file, Consumer<RefusedLine> refused) {
        return QuestionFile.read(file, refused).stream()
                .map(QuestionSets::question)
                .toList();
    }

    /** The questions of a file, null for the run's own to train on; the first so many, null for all. */
    static List<Question> chosen(@Nullable Path file, @Nullable Integer first, RunFolder folder) {
        Path from = file == null ? folder.trainQuestions() : file;
        if (!Files.isRegularFile(from)) {
            throw new ConfigException("no question file " + from);
        }
        if (first != null && first < 1) {
            throw new ConfigException("--first must be at least 1, got " + first);
        }
        List<Question> all = read(from, line -> System.err.println("left out " + line));
        return first == null ? all : all.subList(0, Math.min(first, all.size()));
    }

    /** Makes sure, before anything is spent, that a file can be written. */
    static void writable(Path out) {
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(out) || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ConfigException("--out " + out + " cannot be written");
        }
    }

    private static Question question(QuestionDraft draft) {
        return Question.newBuilder()
                .setId(draft.id())
                .setText(draft.text())
                .setAnswers(draft.answers())
                .setSource(draft.source())
                .setSplit(draft.split())
                .setHops(draft.hops())
                .setAtMs(0)
                .build();
    }

    /** Writes drafts as JSONL; nothing if there are none. */
    static void write(Path file, List<QuestionDraft> drafts) {
        if (drafts.isEmpty()) {
            return;
        }
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (QuestionDraft draft : drafts) {
                out.write(JSON.writeValueAsString(JSON.createObjectNode()
                        .put("id", draft.id())
                        .put("question", draft.text())
                        .put("split", draft.split())
                        .put("hops", draft.hops())
                        .set("answers", JSON.valueToTree(draft.answers()))));
                out.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
