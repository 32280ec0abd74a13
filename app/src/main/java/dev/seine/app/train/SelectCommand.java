package dev.seine.app.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.app.Failures;
import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.app.train.Difficulty.Level;
import dev.seine.event.Question;
import dev.seine.policy.Torch;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine select}: training questions by difficulty. */
@Command(
        name = "select",
        description = {
            "Count the rollouts that a run's policy needs to answer each question, class the questions as easy, medium or",
            "hard, and write a mix of them as a question file (seine train --questions FILE)."
        },
        mixinStandardHelpOptions = true)
public final class SelectCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private RunOptions options;

    @Mixin
    private SampledOptions sampled;

    @Option(
            names = "--most",
            paramLabel = "N",
            description = "Rollouts after which a question is given up as hard (default: ${DEFAULT-VALUE}).",
            defaultValue = "25")
    private int most;

    @Option(names = "--temperature", paramLabel = "T", description = "Sampling temperature (default: the run's).")
    private @Nullable Double temperature;

    @Option(
            names = "--easy-below",
            paramLabel = "N",
            description = "Fewer rollouts than these are easy (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private int easyBelow;

    @Option(
            names = "--hard-above",
            paramLabel = "N",
            description = "More rollouts than these are hard (default: ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int hardAbove;

    @Option(
            names = "--mix",
            split = ":",
            paramLabel = "N",
            description = "Ratio easy:medium:hard, such as 1:2:1 (default: all there are).")
    private List<Double> ratio = new ArrayList<>();

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Questions of the mix (default: the most the ratio allows).")
    private int size;

    @Option(names = "--drop-unanswered", description = "Leave out questions that no rollout answered.")
    private boolean dropUnanswered;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Questions, JSONL.")
    private Path out;

    @Override
    public Integer call() {
        RunConfig config = options.begun(List.of());
        RunFolder folder = options.folder();
        Difficulty difficulty = checked();
        List<Question> all = sampled.questions(folder);
        Candidate candidate = sampled.candidate(folder, config);
        QuestionSets.writable(out);
        Torch.threads(Runtime.getRuntime().availableProcessors());
        candidate.ask(policy -> {
            List<Question> askable =
                    all.stream().filter(q -> policy.problem(q).isEmpty()).toList();
            System.out.printf("%,d questions, %,d too long to be asked%n", all.size(), all.size() - askable.size());
            double warm = temperature == null ? config.generate().temperature() : temperature;
            Map<String, Integer> counts = Difficulty.count(
                    policy,
                    askable,
                    warm,
                    most,
                    (made, open) -> System.out.printf("%d rollouts: %,d questions unanswered%n", made, open));
            select(difficulty, askable, counts, config.run().seed());
        });
        return Main.DONE;
    }

    private Difficulty checked() {
        check(most > hardAbove && most <= 4096, "--most must be above --hard-above, got " + most);
        check(ratio.isEmpty() || ratio.size() == Level.all().size(), "--mix must be easy:medium:hard, got " + ratio);
        check(
                ratio.stream().allMatch(share -> share >= 0 && Double.isFinite(share))
                        && (ratio.isEmpty() || ratio.stream().anyMatch(share -> share > 0)),
                "--mix must have no negative share and one above 0, got " + ratio);
        check(size >= 0, "--size must be at least 0, got " + size);
        check(size == 0 || !ratio.isEmpty(), "--size needs --mix");
        check(temperature == null || (temperature > 0 && temperature <= 100), "--temperature must be above 0 to 100");
        try {
            return new Difficulty(easyBelow, hardAbove);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Failures.line(e));
        }
    }

    private void select(Difficulty difficulty, List<Question> asked, Map<String, Integer> counts, long seed) {
        Map<Level, List<Question>> classes = new EnumMap<>(Level.class);
        for (Level level : Level.all()) {
            classes.put(level, new ArrayList<>());
        }
        for (Question question : asked) {
            int count = count(counts, question);
            if (count <= most || !dropUnanswered) {
                classes.computeIfAbsent(difficulty.level(count), any -> new ArrayList<>())
                        .add(question);
            }
        }
        Map<Level, Integer> available = new EnumMap<>(Level.class);
        classes.forEach((level, list) -> available.put(level, list.size()));
        Map<Level, Integer> mix = ratio.isEmpty() ? available : Difficulty.mix(available, shares(), size);
        Set<String> chosen = new HashSet<>();
        classes.forEach((level, list) -> Difficulty.draw(list, mix.getOrDefault(level, 0), seed)
                .forEach(question -> chosen.add(question.getId())));
        long unanswered = counts.values().stream().filter(count -> count > most).count();
        classes.forEach(
                (level, list) -> System.out.printf("%-8s %,7d  taken %,7d%n", level.id(), list.size(), mix.get(level)));
        System.out.printf("%,d were never answered%n", unanswered);
        write(asked.stream().filter(q -> chosen.contains(q.getId())).toList(), difficulty, counts);
        System.out.printf("%,d questions: %s%n", chosen.size(), out);
    }

    private static int count(Map<String, Integer> counts, Question question) {
        return Objects.requireNonNull(counts.get(question.getId()), question::getId);
    }

    private Map<Level, Double> shares() {
        Map<Level, Double> shares = new EnumMap<>(Level.class);
        Iterator<Double> next = ratio.iterator();
        Level.all().forEach(level -> shares.put(level, next.next()));
        return shares;
    }

    private void write(List<Question> chosen, Difficulty difficulty, Map<String, Integer> counts) {
        try (BufferedWriter lines = Files.newBufferedWriter(out)) {
            for (Question question : chosen) {
                int count = count(counts, question);
                ObjectNode line = JSON.createObjectNode()
                        .put("id", question.getId())
                        .put("question", question.getText())
                        .put("split", question.getSplit())
                        .put("hops", question.getHops());
                line.set("answers", JSON.valueToTree(question.getAnswers()));
                line.put("difficulty", difficulty.level(count).id());
                line.put("rollouts", count <= most ? Integer.toString(count) : "more than " + most);
                lines.write(line.toString());
                lines.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ConfigException(otherwise);
        }
    }
}
