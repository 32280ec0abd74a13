package dev.seine.app.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunConfig;
import dev.seine.app.train.RunFolder;
import dev.seine.app.train.RunOptions;
import dev.seine.event.ScoredTrajectory;
import dev.seine.policy.Tokenizer;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine replay}: trajectories out of the log, as they were; found by the index, read by offset. */
@Command(
        name = "replay",
        description = {
            "Show trajectories of a run, as they were: by question, group, rollout, step, time or offset, and by what",
            "became of them. Without a choice: the newest."
        },
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);

    /** When to use colours. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Mixin
    private RunOptions options;

    @Mixin
    private WantedOptions choice;

    @Option(
            names = "--order",
            paramLabel = "NAME",
            description =
                    "time, newest, advantage, reward, length or searches (default: newest without a choice, else time).")
    private Wanted.@Nullable Order order;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many (default: ${DEFAULT-VALUE}).",
            defaultValue = "16")
    private int limit;

    @Option(names = "--skip", paramLabel = "N", description = "Leave out the first so many.", defaultValue = "0")
    private int skip;

    @Option(names = "--tokens", description = "With a table of the tokens: log-probability, mask and advantage.")
    private boolean tokens;

    @Option(
            names = "--ratio",
            description = "With --tokens: also the probability ratio under the weights that the step started from.")
    private boolean ratio;

    @Option(names = "--list", description = "One line each, without the texts.")
    private boolean list;

    @Option(names = "--json", description = "One line of JSON each, with everything that the log has.")
    private boolean json;

    @Option(names = "--follow", description = "Go on with what is scored from now on, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--colour", paramLabel = "WHEN", description = "auto, always or never.", defaultValue = "auto")
    private Colour colour;

    private boolean colours;
    private Optional<Redo> redo = Optional.empty();

    @Override
    public Integer call() {
        colours = colour == Colour.ALWAYS || (colour == Colour.AUTO && Ink.wanted() && !json);
        Wanted wanted = choice.wanted(Clock.systemUTC().millis());
        if (follow && wanted.needsSteps()) {
            throw new IllegalArgumentException("--follow shows what is being scored, which no step has consumed yet:"
                    + " leave out --step, --fate and --stale");
        }
        Optional<RunConfig> config = options.known() ? Optional.of(options.begun(List.of())) : Optional.empty();
        try (Cluster cluster = config.map(known -> options.observe(known.kafka(), refused -> {}))
                        .orElseGet(() -> options.observe(refused -> {}));
                Text text = new Text(options.folder(), tokens)) {
            if (follow) {
                follow(cluster, wanted, config, text);
                return ExitCode.OK;
            }
            redo = tokens && ratio
                    ? Optional.of(new Redo(options.folder(), options.recorded(), cluster.clients(), 1))
                    : Optional.empty();
            return show(cluster, wanted, config, text);
        } finally {
            redo.ifPresent(Redo::close);
        }
    }

    private int show(Cluster cluster, Wanted wanted, Optional<RunConfig> config, Text text) {
        long started = System.nanoTime();
        try (Archive archive = new Archive(cluster.clients(), options.folder().index())) {
            Wanted.Order by =
                    order != null ? order : wanted.equals(Wanted.all()) ? Wanted.Order.NEWEST : Wanted.Order.TIME;
            List<Row> rows = archive.index().rows(wanted, by, skip, limit);
            for (Row row : rows) {
                if (list) {
                    System.out.println(line(row));
                } else {
                    archive.scored(row)
                            .ifPresentOrElse(
                                    event -> print(row, event, config, text),
                                    () -> System.err.println(row.rollout() + ": no longer kept in the log"));
                }
            }
            int all = archive.index().count(wanted);
            System.err.printf("%,d of %,d in %.2f s%n", rows.size(), all, (System.nanoTime() - started) / 1e9);
            return all > 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void follow(Cluster cluster, Wanted wanted, Optional<RunConfig> config, Text text) {
        try (EventConsumer<ScoredTrajectory> consumer =
                cluster.clients().assign(Topics.SCORED_TRAJECTORIES, "replay")) {
            consumer.seekToEnd();
            while (!Thread.currentThread().isInterrupted()) {
                for (Event<ScoredTrajectory> event : consumer.poll(POLL)) {
                    if (wanted.matches(event)) {
                        print(Row.unconsumed(event), event, config, text);
                    }
                }
            }
        }
    }

    private void print(Row row, Event<ScoredTrajectory> event, Optional<RunConfig> config, Text text) {
        if (json) {
            System.out.println(json(row, event));
        } else if (list) {
            System.out.println(line(row));
        } else {
            new Transcript(colours)
                    .lines(row, event, new RewardLines(config.map(RunConfig::rewardSchedule)))
                    .forEach(System.out::println);
            if (tokens) {
                TokenTable.lines(
                                event.value().getTrajectory(),
                                text,
                                event.value().getAdvantage(),
                                now(row, event))
                        .forEach(line -> System.out.println("  " + line));
            }
            System.out.println();
        }
        System.out.flush();
    }

    /** ln p of the tokens under the weights before the trajectory's step, if they are wanted. */
    private Optional<float[]> now(Row row, Event<ScoredTrajectory> event) {
        if (redo.isEmpty() || row.step() < 1) {
            return Optional.empty();
        }
        redo.get().steps().before(row.step(), false, done -> {});
        return Optional.of(redo.get().steps().logprobs(event.value()));
    }

    private static String line(Row row) {
        return "%-28s %s %d searches  reward %+.3f  advantage %+.3f  step %s  %s"
                .formatted(
                        Ink.harmless(row.rollout()),
                        row.violations() > 0 ? "malformed" : row.correct() ? "right    " : "wrong    ",
                        row.searches(),
                        row.reward(),
                        row.advantage(),
                        row.step() < 0 ? "-" : Long.toString(row.step()),
                        Ink.harmless(row.fate()));
    }

    /** The record as Avro writes it in JSON, with where it lies and what became of it. */
    static String json(Row row, Event<ScoredTrajectory> event) {
        try {
            ObjectNode line = JSON.createObjectNode();
            line.put("topic", event.topic().name());
            line.put("partition", event.partition());
            line.put("offset", event.offset());
            line.put("timestampMs", event.timestampMs());
            line.put("step", row.step());
            line.put("fate", row.fate());
            line.set("scored", JSON.readTree(event.value().toString()));
            return JSON.writeValueAsString(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts of token ids, if the run's tokenizer is there and wanted. */
    private static final class Text implements IntFunction<String>, AutoCloseable {
        private final Optional<Tokenizer> tokenizer;

        Text(RunFolder folder, boolean wanted) {
            tokenizer = wanted && Files.exists(folder.tokenizer())
                    ? Optional.of(Tokenizer.load(folder.tokenizer()))
                    : Optional.empty();
        }

        @Override
        public String apply(int id) {
            return tokenizer.map(t -> t.decode(new int[] {id})).orElse("");
        }

        @Override
        public void close() {
            tokenizer.ifPresent(Tokenizer::close);
        }
    }
}
