package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Promotion;
import dev.seine.event.PromotionDecision;
import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import dev.seine.producers.Cluster;
import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PromotedWeightsTest {
    private final String policy = Cluster.freshPolicy();
    private Clients clients;

    @BeforeEach
    void empty() throws Exception {
        clients = Cluster.empty();
    }

    @Test
    void theNewestServeUntilSomethingIsPromotedAndThenThatDoes() {
        Cluster.publish(clients, weights(7));
        try (PromotedWeights served = new PromotedWeights(clients, policy, "test")) {
            until(served, 7);
            decide(weights(5), null, 0);
            until(served, 5);
            Cluster.publish(clients, weights(8));
            decide(Cluster.freshPolicy(), weights(8), null, 0);
            assertThat(versions(served)).containsExactly(5L);
        }
    }

    @Test
    void aShareOfTheQuestionsGoesToTheCanaryAlwaysTheSameOnes() {
        decide(weights(5), weights(6), 0.2);
        try (PromotedWeights served = new PromotedWeights(clients, policy, "test");
                PromotedWeights other = new PromotedWeights(clients, policy, "test")) {
            assertThat(versions(served)).containsExactly(5L, 6L);
            List<Long> chosen = chosen(served);
            // 5,000 questions of which a fifth is wanted: 1,000, give or take 4 standard deviations of 28
            assertThat(chosen.stream().filter(version -> version == 6)).hasSizeBetween(887, 1113);
            other.serving();
            assertThat(chosen(other)).isEqualTo(chosen);
            decide(weights(5), null, 0);
            until(served, 5);
            assertThat(chosen(served)).containsOnly(5L);
        }
    }

    private static List<Long> chosen(PromotedWeights served) {
        List<WeightsPublished> serving = served.serving();
        return IntStream.range(0, 5_000)
                .mapToObj(i -> served.choose(question("ans_" + i), serving).getVersion())
                .toList();
    }

    private static void until(PromotedWeights served, long version) {
        Cluster.until(() -> versions(served).equals(List.of(version)));
    }

    private static List<Long> versions(PromotedWeights served) {
        return served.serving().stream().map(WeightsPublished::getVersion).toList();
    }

    private static Question question(String id) {
        return Question.newBuilder()
                .setId(id)
                .setText("?")
                .setSource("live")
                .setAtMs(0)
                .build();
    }

    private WeightsPublished weights(long version) {
        return Cluster.weights(policy, version, "rl");
    }

    private void decide(WeightsPublished serving, WeightsPublished canary, double share) {
        decide(policy, serving, canary, share);
    }

    private void decide(String of, WeightsPublished serving, WeightsPublished canary, double share) {
        try (EventProducer producer = clients.producer("test")) {
            producer.send(
                    Topics.PROMOTIONS,
                    of,
                    Promotion.newBuilder()
                            .setPolicy(of)
                            .setDecision(canary == null ? PromotionDecision.PROMOTED : PromotionDecision.CANARY)
                            .setVersion(serving.getVersion())
                            .setBy("test")
                            .setCause("")
                            .setServing(serving)
                            .setCanary(canary)
                            .setCanaryShare(share)
                            .setAtMs(0)
                            .build());
        }
    }
}
