package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.app.promote.Decisions;
import dev.seine.app.promote.Decisions.Compared;
import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.WeightsPublished;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code seine promote|rollback|promotions}: which version answers live questions, by an operator's word. */
public final class PromotionCommands {
    private static final String OPERATOR = "operator";

    private PromotionCommands() {}

    /** What the commands share. */
    abstract static class OnDecisions implements Callable<Integer> {
        @Mixin
        RunOptions options;

        abstract void work(RunFolder folder, RunConfig config, Decisions decisions);

        @Override
        public Integer call() {
            RunConfig config = options.begun(List.of());
            try (Cluster cluster = options.attach();
                    Decisions decisions =
                            new Decisions(cluster.clients(), config.run().policy(), Clock.systemUTC())) {
                work(options.folder(), config, decisions);
            }
            return Main.DONE;
        }
    }

    /** {@code seine promote}. */
    @Command(
            name = "promote",
            description = {
                "Let a version answer live questions, past the gate: by default the canary, or else the newest.",
                "With --share only that share of the questions."
            },
            mixinStandardHelpOptions = true)
    public static final class Promote extends OnDecisions {
        @Parameters(arity = "0..1", paramLabel = "VERSION", description = "newest, cold-start, a version such as 40.")
        private @Nullable String version;

        @Option(names = "--share", paramLabel = "S", description = "Share of the questions, above 0 and below 1.")
        private @Nullable Double share;

        @Option(names = "--because", paramLabel = "TEXT", description = "Why, for the record.", defaultValue = "")
        private String because;

        @Override
        void work(RunFolder folder, RunConfig config, Decisions decisions) {
            if (share != null && !(share > 0 && share < 1)) {
                throw new ConfigException("--share must be above 0 and below 1, got " + share);
            }
            Optional<WeightsPublished> canary = version == null ? decisions.canary() : Optional.empty();
            WeightsPublished weights = canary.orElseGet(() -> named(folder, config));
            print(
                    share == null
                            ? decisions.promote(weights, OPERATOR, because, Compared.NONE)
                            : decisions.tryOut(weights, share, OPERATOR, because, Compared.NONE));
        }

        private WeightsPublished named(RunFolder folder, RunConfig config) {
            Candidate candidate = Candidate.of(version == null ? "newest" : version, "", folder, config);
            if (candidate.version() < 0) {
                throw new ConfigException("a version is needed, got the file " + version);
            }
            return PromotionGate.keep(folder, config, List.of(candidate), OPERATOR)
                    .get(0);
        }
    }

    /** {@code seine rollback}. */
    @Command(
            name = "rollback",
            description = "Take the last change back: the canary goes, or the version that served before serves again.",
            mixinStandardHelpOptions = true)
    public static final class Rollback extends OnDecisions {
        @Option(names = "--because", paramLabel = "TEXT", description = "Why, for the record.", defaultValue = "")
        private String because;

        @Override
        void work(RunFolder folder, RunConfig config, Decisions decisions) {
            print(decisions.rollBack(OPERATOR, because));
        }
    }

    /** {@code seine promotions}. */
    @Command(
            name = "promotions",
            description = "List the decisions on which version answers live questions.",
            mixinStandardHelpOptions = true)
    public static final class Promotions extends OnDecisions {
        @Override
        void work(RunFolder folder, RunConfig config, Decisions decisions) {
            decisions.all().forEach(PromotionCommands::print);
            decisions
                    .last()
                    .ifPresentOrElse(
                            last -> System.out.println("serving " + version(last.getServing()) + ", canary "
                                    + version(last.getCanary())
                                    + (last.getCanary() == null ? "" : " of " + last.getCanaryShare())),
                            () -> System.out.println("no decisions on policy "
                                    + config.run().policy() + " yet: the newest weights serve"));
        }
    }

    private static void print(Promotion decision) {
        System.out.printf(
                "%s  %-11s v%-5d by %-8s %s%n",
                Instant.ofEpochMilli(decision.getAtMs()).truncatedTo(ChronoUnit.SECONDS),
                word(decision.getDecision()),
                decision.getVersion(),
                decision.getBy(),
                decision.getCause());
    }

    /** A decision as people read it. */
    static String word(PromotionDecision decision) {
        return decision.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String version(@Nullable WeightsPublished weights) {
        return weights == null ? "none" : "v" + weights.getVersion();
    }
}
