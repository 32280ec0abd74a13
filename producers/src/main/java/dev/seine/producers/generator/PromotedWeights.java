package dev.seine.producers.generator;

import dev.seine.event.Promotion;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers begin with the version that was promoted, or, as many of them as its share says, with the canary. Which of the two a
 * question gets is decided by its id alone, so everybody who is asked about it says the same. As long as nothing was ever
 * promoted the newest weights serve.
 */
public final class PromotedWeights implements ServedWeights {
    /** Buckets that ids fall into: shares are exact to a hundredth of a percent. */
    private static final int BUCKETS = 10_000;

    private final NewestWeights newest;
    private final EventConsumer<Promotion> decisions;
    private @Nullable Promotion last;

    /** Follows the decisions on this policy. Those there are by now are known once this returns. */
    public PromotedWeights(Clients clients, String policy, String role) {
        this.newest = new NewestWeights(clients, policy, role);
        this.decisions = clients.assign(Topics.PROMOTIONS, role);
        decisions.readToEnd().forEach(this::take);
    }

    @Override
    public String policy() {
        return newest.policy();
    }

    @Override
    public List<WeightsPublished> serving() {
        decisions.poll(Duration.ZERO).forEach(this::take);
        List<WeightsPublished> serving = new ArrayList<>(
                last == null || last.getServing() == null ? newest.serving() : List.of(last.getServing()));
        if (last != null && last.getCanary() != null) {
            serving.add(last.getCanaryShare() > 0.5 ? 0 : serving.size(), last.getCanary());
        }
        return serving;
    }

    @Override
    public WeightsPublished choose(Question question, List<WeightsPublished> serving) {
        boolean canary = last != null
                && last.getCanary() != null
                && Topic.partitionOf(question.getId(), BUCKETS) < last.getCanaryShare() * BUCKETS;
        return serving.stream()
                .filter(weights -> canary == isCanary(weights))
                .findFirst()
                .orElse(serving.get(0));
    }

    private boolean isCanary(WeightsPublished weights) {
        return last != null && weights.equals(last.getCanary());
    }

    private void take(Event<Promotion> event) {
        if (event.value().getPolicy().equals(policy())) {
            last = event.value();
        }
    }

    @Override
    public void close() {
        try (newest) {
            decisions.close();
        }
    }
}
