package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void ourOwnMessagesStandAlone() {
        assertThat(Failures.line(new IllegalArgumentException("reward.eta must not be negative, got -1")))
                .isEqualTo("reward.eta must not be negative, got -1");
    }

    @Test
    void messagesOfOthersNeedTheirKind() {
        assertThat(Failures.line(new NoSuchFileException("/data/run"))).isEqualTo("NoSuchFileException: /data/run");
    }

    @Test
    void wrappersAreLeftOut() {
        Exception inner = new IllegalStateException("broker 127.0.0.1:9 does not answer");
        assertThat(Failures.line(new CompletionException(new ExecutionException(inner))))
                .isEqualTo("broker 127.0.0.1:9 does not answer");
    }

    @Test
    void errorWithoutMessageIsItsKind() {
        assertThat(Failures.line(new IOException())).isEqualTo("IOException");
        assertThat(Failures.line(new UncheckedIOException(null, new IOException("cut"))))
                .isEqualTo("UncheckedIOException");
    }
}
