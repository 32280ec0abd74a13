package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.producers.LatestWeights;
import dev.seine.topics.Clients;
import java.util.List;

/** Every answer begins with the newest weights there are. */
public final class NewestWeights implements ServedWeights {
    private final LatestWeights latest;

    /** Follows this policy. */
    public NewestWeights(Clients clients, String policy, String role) {
        this.latest = new LatestWeights(clients, policy, role);
    }

    @Override
    public String policy() {
        return latest.policy();
    }

    @Override
    public List<WeightsPublished> serving() {
        return latest.poll().map(List::of).orElse(List.of());
    }

    @Override
    public WeightsPublished choose(Question question, List<WeightsPublished> serving) {
        return serving.get(0);
    }

    @Override
    public void close() {
        latest.close();
    }
}
