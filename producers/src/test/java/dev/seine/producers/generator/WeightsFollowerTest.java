package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.WeightsPublished;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import dev.seine.producers.Cluster;
import dev.seine.topics.Clients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WeightsFollowerTest {
    @TempDir
    Path folder;

    private final String policy = Cluster.freshPolicy();
    private final ScriptedEngine engine = new ScriptedEngine(1, new Words(), Scripts.SEARCH_ONCE);
    private Clients clients;
    private WeightsFollower follower;

    @BeforeEach
    void follow() throws Exception {
        clients = Cluster.empty();
        Files.createDirectories(folder.resolve("weights"));
        follower = new WeightsFollower(
                clients, policy, "test", new LocalStore(folder.resolve("weights")), "tokenizer", "config");
    }

    @AfterEach
    void close() {
        follower.close();
    }

    private WeightsPublished.Builder at(long version, Path file) {
        return WeightsPublished.newBuilder(Cluster.weights(policy, version, "rl"))
                .setUri(file.toUri().toString())
                .setSha256("good");
    }

    private Path file(long version) throws Exception {
        Path file = folder.resolve("weights/v" + version);
        return Files.exists(file) ? file : Files.createFile(file);
    }

    private void refused(WeightsPublished weights, String... why) {
        Cluster.publish(clients, weights);
        assertThatThrownBy(() -> Cluster.until(() -> follower.follow(engine)))
                .isInstanceOf(WeightsRefused.class)
                .hasMessageContainingAll(why);
        assertThat(follower.version()).isEqualTo(-1);
        assertThat(engine.version()).isEqualTo(-1);
    }

    @Test
    void theLastAnnouncementHoldsAlsoAfterALearnerWentBack() throws Exception {
        assertThat(follower.version()).isEqualTo(-1);
        for (long version : new long[] {0, 1, 5}) {
            Cluster.publish(clients, at(version, file(version)).build());
        }
        Cluster.publish(clients, at(9, file(9)).setPolicy(Cluster.freshPolicy()).build());
        Cluster.until(() -> follower.follow(engine) && follower.version() == 5);
        assertThat(engine.version()).isEqualTo(5);
        assertThat(follower.follow(engine)).isFalse();
        Cluster.publish(clients, at(4, file(4)).build());
        Cluster.until(() -> follower.follow(engine));
        assertThat(engine.version()).isEqualTo(4);
    }

    @Test
    void weightsOfAnotherTokenizerAreRefused() throws Exception {
        refused(
                at(3, file(3)).setTokenizerSha256("other").build(),
                "weights v3 of policy " + policy,
                "tokenizer sha256 is other, expected tokenizer");
    }

    @Test
    void weightsOfAnotherArchitectureAreRefused() throws Exception {
        refused(at(3, file(3)).setConfigSha256("other").build(), "config sha256 is other, expected config");
    }

    @Test
    void aFileOutsideTheRootIsRefused() throws Exception {
        Path outside = Files.createFile(folder.resolve("outside"));
        refused(at(3, outside).build(), "expected a file under " + folder.resolve("weights"));
    }

    @Test
    void aLinkThatLeadsOutOfTheRootIsRefused() throws Exception {
        Path outside = Files.createFile(folder.resolve("outside"));
        Path link = Files.createSymbolicLink(folder.resolve("weights/link"), outside);
        refused(at(3, link).build(), "expected a file under");
    }

    @Test
    void whatIsNoFileIsRefused() {
        refused(
                at(3, folder).setUri("https://example.org/v3").build(),
                "expected a file URI, got https://example.org/v3");
    }

    @Test
    void aChecksumThatDoesNotFitIsAnErrorAndNothingIsLoaded() throws Exception {
        Cluster.publish(clients, at(3, file(3)).setSha256("bad").build());
        assertThatThrownBy(() -> Cluster.until(() -> follower.follow(engine)))
                .hasStackTraceContaining("sha256 of " + file(3) + " is another");
        assertThat(follower.version()).isEqualTo(-1);
    }

    @Test
    void weightsOnTheirWayAreNotWaitedFor() throws Exception {
        AtomicReference<Sought> sought = new AtomicReference<>(new Sought.Coming());
        RunStore slow = new SlowStore(pointer -> sought.get());
        try (WeightsFollower other = new WeightsFollower(clients, policy, "slow", slow, "tokenizer", "config")) {
            Cluster.publish(clients, at(3, file(3)).build());
            for (int i = 0; i < 50; i++) {
                assertThat(other.follow(engine)).isFalse();
            }
            sought.set(new Sought.Here(file(3)));
            Cluster.until(() -> other.follow(engine));
            assertThat(other.version()).isEqualTo(3);
        }
    }

    @Test
    void aFileThatIsGoneIsWaitedFor() throws Exception {
        Cluster.publish(clients, at(3, folder.resolve("weights/v3")).build());
        for (int i = 0; i < 50; i++) {
            assertThat(follower.follow(engine)).isFalse();
        }
        file(3);
        Cluster.until(() -> follower.follow(engine));
        assertThat(follower.version()).isEqualTo(3);
    }
}
