package dev.seine.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.policy.Decoder;
import dev.seine.policy.store.LocalStore;
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
                publish(publisher, decoder, version, false);
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
            publish(publisher, decoder, 1, false);
            publish(publisher, decoder, 1, true);
            assertThat(events.sent).hasSize(1);
            publish(publisher, other, 1, true);
            assertThat(events.sent).hasSize(2);
        }
    }

    static void publish(WeightsPublisher publisher, Decoder decoder, long version, boolean announced) {
        publisher
                .save(decoder, version, announced)
                .ifPresent(saved -> publisher.announce(saved, publisher.put(saved), "rl"));
    }

    private WeightsPublisher publisher() {
        return new WeightsPublisher("policy", dir, new LocalStore(dir), events, "tokenizer", 2, Clock.systemUTC());
    }
}
