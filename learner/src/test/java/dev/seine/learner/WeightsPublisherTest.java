package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.policy.Decoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsPublisherTest {
    @TempDir
    Path dir;

    private final SentEvents events = new SentEvents();

    @Test
    void theNewestVersionZeroAndWhatACheckpointNeedsAreKept() {
        WeightsPublisher publisher = publisher();
        try (Decoder decoder = Tiny.decoder(1)) {
            for (int version = 0; version <= 6; version++) {
                publisher.publish(decoder, version, "rl", false);
            }
        }
        publisher.prune(Set.of(3L));
        assertThat(LongStream.rangeClosed(0, 6).filter(v -> Files.exists(publisher.file(v))))
                .containsExactly(0L, 3L, 5L, 6L);
    }

    @Test
    void anAnnouncedVersionIsAnnouncedAgainOnlyIfItsBytesDiffer() {
        WeightsPublisher publisher = publisher();
        try (Decoder decoder = Tiny.decoder(1);
                Decoder other = Tiny.decoder(2)) {
            publisher.publish(decoder, 1, "rl", false);
            publisher.publish(decoder, 1, "rl", true);
            assertThat(events.sent).hasSize(1);
            publisher.publish(other, 1, "rl", true);
            assertThat(events.sent).hasSize(2);
        }
    }

    private WeightsPublisher publisher() {
        return new WeightsPublisher("policy", dir, events, "tokenizer", 2, Clock.systemUTC());
    }
}
