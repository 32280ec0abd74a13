package dev.seine.app.replay;

import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunOptions;
import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Event;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine why}: where an answer, a trajectory or a step comes from, and what came of it. */
@Command(
        name = "why",
        description = "Trace a trajectory or a step through the log: weights, step, offsets, passages, configuration.",
        mixinStandardHelpOptions = true)
public final class WhyCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Subject subject;

    /** What is asked about. */
    private static final class Subject {
        @Option(names = "--rollout", paramLabel = "ID", description = "A rollout.")
        private @Nullable String rollout;

        @Option(names = "--step", paramLabel = "N", description = "A step, or the version of the weights that it made.")
        private @Nullable Long step;

        @Option(names = "--question", paramLabel = "ID", description = "The newest answer to a question.")
        private @Nullable String question;

        Wanted wanted() {
            return rollout != null
                    ? Wanted.rollout(rollout)
                    : Wanted.question(Objects.requireNonNull(question, "one of the three is needed"));
        }
    }

    @Override
    public Integer call() {
        try (Cluster cluster = options.observe(refused -> {});
                Archive archive =
                        new Archive(cluster.clients(), options.folder().index())) {
            Provenance provenance = new Provenance(archive, options.folder());
            if (subject.step != null) {
                provenance.of(subject.step).forEach(System.out::println);
                return ExitCode.OK;
            }
            Optional<Row> row = archive.index().rows(subject.wanted(), Wanted.Order.NEWEST, 0, 1).stream()
                    .findFirst();
            Optional<Event<ScoredTrajectory>> event = row.flatMap(archive::scored);
            List<String> lines = event.isPresent()
                    ? provenance.of(row.get(), event.get())
                    : List.of("nothing in the log has this id");
            lines.forEach(System.out::println);
            return event.isPresent() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }
}
