package dev.seine.producers.atlas;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.event.Passage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The atlas world as the same files that users bring: questions and passages as JSONL. Whatever reads these files knows
 * nothing of the atlas.
 */
public final class AtlasFiles {
    /** Seeds of the evaluation sets: the same questions whatever the seed of the run. */
    private static final long EVALUATION_SEED = 20_250_520L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private AtlasFiles() {}

    /** Writes the corpus: one passage a fact. */
    public static void corpus(Path file, AtlasWorld world) {
        write(file, world.passages(), AtlasFiles::passage);
    }

    /** Writes the training questions, drawn by the seed. */
    public static void training(Path file, AtlasWorld world, AtlasConfig config, long seed) {
        write(
                file,
                new AtlasQuestions(world).training(config.trainingQuestions(), new SplittableRandom(seed)),
                q -> question(q, "train"));
    }

    /** Writes the questions about known entities that are never trained on. */
    public static void heldOutQuestions(Path file, AtlasWorld world, AtlasConfig config) {
        write(
                file,
                new AtlasQuestions(world)
                        .heldOutQuestions(config.evaluationQuestions(), new SplittableRandom(EVALUATION_SEED)),
                q -> question(q, "heldout-questions"));
    }

    /** Writes the questions about entities whose facts never occur in training. */
    public static void heldOutEntities(Path file, AtlasWorld world, AtlasConfig config) {
        write(
                file,
                new AtlasQuestions(world)
                        .heldOutEntities(config.evaluationQuestions(), new SplittableRandom(EVALUATION_SEED + 1)),
                q -> question(q, "heldout-entities"));
    }

    /** Writes the memory probe: every fact as a question; its id is the passage's, its split the fact's standing. */
    public static void probe(Path file, AtlasWorld world) {
        write(
                file,
                world.facts(),
                f -> line(
                        f.id(),
                        f.relation().question(f.subject()),
                        f.object(),
                        f.standing().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        1));
    }

    private static Map<String, Object> question(AtlasQuestion question, String split) {
        return line(AtlasQuestions.id(question), question.text(), question.answer(), split, question.hops());
    }

    private static Map<String, Object> line(String id, String text, String answer, String split, int hops) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", id);
        line.put("question", text);
        line.put("answers", List.of(answer));
        line.put("split", split);
        line.put("hops", hops);
        return line;
    }

    private static Map<String, Object> passage(Passage passage) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", passage.getId());
        line.put("title", passage.getTitle());
        line.put("text", passage.getText());
        return line;
    }

    private static <T> void write(Path file, List<T> items, Function<T, Map<String, Object>> line) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (T item : items) {
                out.write(JSON.writeValueAsString(line.apply(item)));
                out.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
