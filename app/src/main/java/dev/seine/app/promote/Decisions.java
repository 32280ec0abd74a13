package dev.seine.app.promote;

import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decisions on one policy, in order, and how a new one is taken. Each says how things stand after it, so the last one is
 * all that whoever serves needs; the log of them is never rewritten. For use by one thread.
 */
public final class Decisions implements AutoCloseable {
    private final String policy;
    private final InstantSource clock;
    private final EventConsumer<Promotion> log;
    private final EventProducer producer;
    private final List<Promotion> all = new ArrayList<>();

    /** Those of this policy; reads up to the present end of the log. */
    public Decisions(Clients clients, String policy, InstantSource clock) {
        this.policy = policy;
        this.clock = clock;
        this.log = clients.assign(Topics.PROMOTIONS, "promotions");
        this.producer = clients.producer("promotions");
        refresh();
    }

    /** Reads up to the present end of the log: a decision rests on those before it, whoever took them. */
    public void refresh() {
        log.readToEnd().forEach(this::take);
    }

    /** All there are, after reading what is at hand. */
    public List<Promotion> all() {
        log.poll(Duration.ZERO).forEach(this::take);
        return List.copyOf(all);
    }

    /** The version that serves; empty if none was ever promoted. */
    public Optional<WeightsPublished> serving() {
        return last().map(Promotion::getServing);
    }

    /** The version that answers a share of the questions, if there is one. */
    public Optional<WeightsPublished> canary() {
        return last().map(Promotion::getCanary);
    }

    /** The last decision; empty if there is none. */
    public Optional<Promotion> last() {
        List<Promotion> now = all();
        return now.isEmpty() ? Optional.empty() : Optional.of(now.get(now.size() - 1));
    }

    /** These weights serve from now on, alone. */
    public Promotion promote(WeightsPublished weights, String by, String cause, Compared compared) {
        return write(PromotionDecision.PROMOTED, weights.getVersion(), by, cause, compared, weights, null, 0);
    }

    /** These weights answer a share of the questions from now on, in place of any canary before. */
    public Promotion tryOut(WeightsPublished weights, double share, String by, String cause, Compared compared) {
        refresh();
        return write(
                PromotionDecision.CANARY,
                weights.getVersion(),
                by,
                cause,
                compared,
                serving().orElse(null),
                weights,
                share);
    }

    /** This version does not serve; all stays as it is. */
    public Promotion refuse(long version, String by, String cause, Compared compared) {
        refresh();
        Optional<Promotion> last = last();
        return write(
                PromotionDecision.REFUSED,
                version,
                by,
                cause,
                compared,
                serving().orElse(null),
                canary().orElse(null),
                last.map(Promotion::getCanaryShare).orElse(0.0));
    }

    /**
     * Takes the last change back: a canary goes; without one the version that served before serves again.
     *
     * @throws IllegalStateException if there is nothing to go back to
     */
    public Promotion rollBack(String by, String cause) {
        refresh();
        WeightsPublished serving = serving()
                .orElseThrow(() -> new IllegalStateException(
                        "nothing was ever promoted of policy " + policy + ": there is nothing to roll back"));
        WeightsPublished back = canary().isPresent() ? serving : before(serving);
        return write(PromotionDecision.ROLLED_BACK, back.getVersion(), by, cause, Compared.NONE, back, null, 0);
    }

    /** What served before these weights did, by their last promotion; what was rolled back does not come again. */
    private WeightsPublished before(WeightsPublished serving) {
        List<Promotion> past = all();
        int since = past.size() - 1;
        while (since >= 0
                && !(past.get(since).getDecision() == PromotionDecision.PROMOTED
                        && same(serving, past.get(since).getServing()))) {
            since--;
        }
        for (int i = since - 1; i >= 0; i--) {
            WeightsPublished earlier = past.get(i).getServing();
            if (earlier != null && !same(earlier, serving)) {
                return earlier;
            }
        }
        throw new IllegalStateException("version " + serving.getVersion() + " of policy " + policy
                + " is the first that served: there is nothing to roll back to");
    }

    /** Whether these are the same weights, whenever they were announced; false if either is null. */
    public static boolean same(@Nullable WeightsPublished a, @Nullable WeightsPublished b) {
        return a != null
                && b != null
                && a.getVersion() == b.getVersion()
                && a.getSha256().equals(b.getSha256());
    }

    /**
     * What a decision rests on.
     *
     * @param serving figures of the version that served; empty if none did
     */
    public record Compared(Optional<Figures> candidate, Optional<Figures> serving) {
        /** Nothing: somebody just decided. */
        public static final Compared NONE = new Compared(Optional.empty(), Optional.empty());
    }

    private Promotion write(
            PromotionDecision decision,
            long version,
            String by,
            String cause,
            Compared compared,
            @Nullable WeightsPublished serving,
            @Nullable WeightsPublished canary,
            double share) {
        Promotion promotion = Promotion.newBuilder()
                .setPolicy(policy)
                .setDecision(decision)
                .setVersion(version)
                .setBy(by)
                .setCause(cause)
                .setServing(serving)
                .setCanary(canary)
                .setCanaryShare(canary == null ? 0 : share)
                .setQuestions(compared.candidate().map(Figures::questions).orElse(0))
                .setCandidateMetrics(compared.candidate().map(Figures::metrics).orElse(Map.of()))
                .setServingMetrics(compared.serving().map(Figures::metrics).orElse(Map.of()))
                .setAtMs(clock.millis())
                .build();
        producer.send(Topics.PROMOTIONS, policy, promotion);
        producer.flush();
        refresh();
        return promotion;
    }

    private void take(Event<Promotion> event) {
        if (event.value().getPolicy().equals(policy)) {
            all.add(event.value());
        }
    }

    @Override
    public void close() {
        producer.close();
        log.close();
    }
}
