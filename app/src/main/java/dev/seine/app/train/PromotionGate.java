package dev.seine.app.train;

import dev.seine.app.promote.Decisions;
import dev.seine.app.promote.Decisions.Compared;
import dev.seine.app.promote.Figures;
import dev.seine.app.promote.Gate;
import dev.seine.app.promote.KeptWeights;
import dev.seine.app.promote.PromotionConfig;
import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Sha256;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.StoreUnavailable;
import dev.seine.producers.LatestWeights;
import dev.seine.topics.Clients;
import dev.seine.topics.Metric;
import dev.seine.topics.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a version serve only once it has been held against the one that serves, on the same held-out questions. It follows the
 * learner's weights, takes a candidate every so many steps, and writes each decision; what serves is kept beyond the learner's
 * pruning. A step that evaluates takes as long as the questions do.
 */
final class PromotionGate implements Role {
    /** Who decides, as it stands in decisions. */
    static final String NAME = "gate";

    private static final Logger LOG = LoggerFactory.getLogger(PromotionGate.class);
    private static final int KEPT = 4;

    private final PromotionConfig config;
    private final Decisions decisions;
    private final LatestWeights latest;
    private final RunStore store;
    private final KeptWeights kept;
    private final Function<WeightsPublished, Figures> evaluate;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private long considered;
    private Optional<Measured> measured = Optional.empty();

    /** What a version showed when it was asked last. */
    private record Measured(WeightsPublished weights, Figures figures) {}

    /**
     * A gate.
     *
     * @param store where versions are taken from and kept; closed with the gate
     * @param evaluate asks a version the held-out questions
     */
    PromotionGate(
            Clients clients,
            RunFolder folder,
            RunConfig config,
            RunStore store,
            Function<WeightsPublished, Figures> evaluate,
            InstantSource clock) {
        this.config = config.promotion();
        this.decisions = new Decisions(clients, config.run().policy(), clock);
        this.latest = new LatestWeights(clients, config.run().policy(), NAME);
        this.store = store;
        this.kept = kept(folder, config.run().policy(), store);
        this.evaluate = evaluate;
        this.clock = clock;
        this.meters = clients.telemetry().meters();
        for (PromotionDecision decision : PromotionDecision.values()) {
            Metric.GATE_DECISIONS.counted(meters, label(decision));
        }
        this.considered = decisions.all().stream()
                .filter(decision -> decision.getBy().equals(NAME))
                .mapToLong(Promotion::getVersion)
                .max()
                .orElse(-1);
    }

    /** Keeps these versions of a run's weights beyond the learner's pruning, so that they can serve. */
    static List<WeightsPublished> keep(RunFolder folder, RunConfig config, List<Candidate> candidates, String by) {
        try (RunStore store = config.store().open(folder.root(), by)) {
            KeptWeights kept = kept(folder, config.run().policy(), store);
            long now = System.currentTimeMillis();
            return candidates.stream()
                    .map(candidate -> kept.keep(candidate.weights(), candidate.version(), by, now))
                    .toList();
        }
    }

    /** The kept weights of a run. */
    static KeptWeights kept(RunFolder folder, String policy, RunStore store) {
        return new KeptWeights(
                folder.promoted(),
                store,
                policy,
                ModelConfig.read(folder.modelConfig()).sha256(),
                Sha256.of(folder.tokenizer()),
                KEPT);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Takes a candidate if one is due; ends a canary's time if it is over; returns decisions taken. */
    @Override
    public int step() {
        if (canaryIsDue() && stillDue()) {
            WeightsPublished canary = decisions.canary().orElseThrow();
            said(decisions.promote(canary, NAME, "it was the canary for " + config.canaryFor(), Compared.NONE));
            return 1;
        }
        Optional<WeightsPublished> newest = latest.poll().filter(this::due);
        Optional<Path> file = newest.flatMap(weights -> store.fetch(KeptWeights.pointer(weights)));
        if (file.isEmpty()) {
            return 0;
        }
        consider(file.get(), newest.get().getVersion(), newest.get().getStage());
        return 1;
    }

    /** What was decided on a version last, if anything. */
    Optional<Promotion> decided(long version) {
        return decisions.all().stream()
                .filter(decision -> decision.getVersion() == version)
                .reduce((earlier, later) -> later);
    }

    /** Judges a version now, whether or not one is due, and writes what came of it. */
    Promotion consider(Path file, long version, String stage) {
        WeightsPublished candidate = kept.keep(file, version, stage, clock.millis());
        Figures figures = evaluate.apply(candidate);
        decisions.refresh();
        Optional<Figures> before = decisions.serving().map(this::figures);
        considered = Math.max(considered, version);
        Gate.Outcome outcome = Gate.judge(figures, before, config);
        Compared compared = new Compared(Optional.of(figures), before);
        Promotion decision;
        if (!outcome.passed()) {
            decision = decisions.refuse(version, NAME, outcome.cause(), compared);
        } else if (config.canaryShare() > 0 && before.isPresent()) {
            decision = decisions.tryOut(candidate, config.canaryShare(), NAME, outcome.cause(), compared);
        } else {
            decision = decisions.promote(candidate, NAME, outcome.cause(), compared);
        }
        if (decision.getDecision() == PromotionDecision.PROMOTED) {
            measured = Optional.of(new Measured(candidate, figures));
        }
        said(decision);
        prune();
        return decision;
    }

    private void prune() {
        try {
            kept.prune(inUse());
        } catch (StoreUnavailable e) {
            LOG.warn("old weights are removed after the next decision: {}", e.getMessage());
        }
    }

    /** Those of the version that serves are the same until another does. */
    private Figures figures(WeightsPublished serving) {
        Measured now = measured.filter(known -> Decisions.same(serving, known.weights))
                .orElseGet(() -> new Measured(serving, evaluate.apply(serving)));
        measured = Optional.of(now);
        return now.figures;
    }

    private boolean due(WeightsPublished weights) {
        boolean last = weights.getStage().equals("final") && weights.getVersion() > considered;
        return config.every() > 0 && (considered < 0 || last || weights.getVersion() >= considered + config.every());
    }

    private boolean canaryIsDue() {
        return !config.canaryFor().isZero()
                && decisions
                        .last()
                        .filter(decision -> decision.getCanary() != null)
                        .filter(decision -> clock.millis() - canarySince(decision)
                                >= config.canaryFor().toMillis())
                        .isPresent();
    }

    /** An operator may have taken it back a moment ago. */
    private boolean stillDue() {
        decisions.refresh();
        return canaryIsDue();
    }

    /** A version refused meanwhile does not make the canary's time begin anew. */
    private long canarySince(Promotion now) {
        return decisions.all().stream()
                .filter(decision -> decision.getDecision() == PromotionDecision.CANARY)
                .filter(decision -> Decisions.same(now.getCanary(), decision.getCanary()))
                .mapToLong(Promotion::getAtMs)
                .max()
                .orElse(now.getAtMs());
    }

    /** Every version that serves, tries out or could be rolled back to. */
    private List<WeightsPublished> inUse() {
        List<WeightsPublished> used = new ArrayList<>();
        List<Promotion> all = decisions.all();
        all.subList(Math.max(0, all.size() - KEPT), all.size()).forEach(decision -> Stream.of(
                        Optional.ofNullable(decision.getServing()), Optional.ofNullable(decision.getCanary()))
                .flatMap(Optional::stream)
                .forEach(used::add));
        return used;
    }

    private void said(Promotion decision) {
        Metric.GATE_DECISIONS.counted(meters, label(decision.getDecision())).increment();
        LOG.info("version {}: {} ({})", decision.getVersion(), decision.getDecision(), decision.getCause());
    }

    private static String label(PromotionDecision decision) {
        return decision.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        try (store;
                latest) {
            decisions.close();
        }
    }
}
