package dev.seine.app.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.seine.event.MemorySample;
import dev.seine.streams.reward.Recipe;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker: eight groups of one, an endpoint that is away for the first of them. */
class RewriteRoleTest {
    private static final Duration WAIT = Duration.ofSeconds(40);
    private static final String GOOD = "<internal> The capital of France is Paris. </internal> \\boxed{ Paris }";
    private static final RewardSchedule REWARDS = RewardSchedule.always(Recipe.R1_SEARCHER_PLUS.rewards());

    @TempDir
    private Path folder;

    @Test
    void everyGroupIsRewrittenOrCountedAndARestartGoesOnBehindIt() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
                FakeEndpoint endpoint = new FakeEndpoint(FakeEndpoint.status(400))) {
            clients.createTopics();
            send(clients, 0, 4);
            RewriteCounts.Counts first = run(clients, endpoint, 4);
            endpoint.then(FakeEndpoint.says(GOOD));
            send(clients, 4, 8);
            RewriteCounts.Counts second = run(clients, endpoint, 4);

            assertThat(first)
                    .extracting(RewriteCounts.Counts::written, RewriteCounts.Counts::failed)
                    .containsExactly(0L, 4L);
            assertThat(second)
                    .extracting(RewriteCounts.Counts::written, RewriteCounts.Counts::failed)
                    .containsExactly(4L, 0L);
            assertThat(samples(clients))
                    .extracting(MemorySample::getSampleId)
                    .containsExactlyInAnyOrder("q4@0#0/llm", "q5@0#0/llm", "q6@0#0/llm", "q7@0#0/llm");
        }
    }

    private static RewriteCounts.Counts run(Clients clients, FakeEndpoint endpoint, long groups) {
        try (RewriteRole role = new RewriteRole(clients, "policy", REWARDS, LlmRewriterTest.config(endpoint.url()))) {
            await().atMost(WAIT).until(() -> {
                role.step();
                return role.counts().written() + role.counts().failed() >= groups;
            });
            return role.counts();
        }
    }

    private static void send(Clients clients, long from, long to) {
        try (EventProducer producer = clients.producer("test")) {
            for (long seq = from; seq < to; seq++) {
                var scored = Searched.trajectory(seq);
                producer.send(Topics.SCORED_TRAJECTORIES, scored.getTrajectory().getGroupId(), scored);
            }
            producer.flush();
        }
    }

    private static List<MemorySample> samples(Clients clients) {
        try (EventConsumer<MemorySample> samples = clients.assign(Topics.MEMORY_SAMPLES, "test")) {
            return samples.readToEnd().stream().map(Event::value).toList();
        }
    }
}
