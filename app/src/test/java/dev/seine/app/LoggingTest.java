package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.topics.Trace;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LoggingTest {
    @Test
    void aJsonLineIsOneObjectWithTheTraceWhateverIsInIt() throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(MDC.getMDCAdapter());
        Encoder<ILoggingEvent> encoder = Logging.jsonLines();
        encoder.setContext(context);
        encoder.start();
        MDC.put(Trace.LOG_KEY, "4bf92f3577b34da6a3ce929d0e0e4736");
        LoggingEvent event = new LoggingEvent(
                "fqcn",
                context.getLogger("dev.seine.Some"),
                Level.WARN,
                "{} says \"no\"\nand {}",
                new IllegalStateException("broken"),
                new Object[] {"one\ttwo", "{three}"});
        String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
        MDC.remove(Trace.LOG_KEY);

        assertThat(line).endsWith("\n");
        assertThat(line.strip()).doesNotContain("\n");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.path("level").asText()).isEqualTo("WARN");
        assertThat(json.path("loggerName").asText()).isEqualTo("dev.seine.Some");
        assertThat(json.path("formattedMessage").asText()).isEqualTo("one\ttwo says \"no\"\nand {three}");
        assertThat(json.path("mdc").path(Trace.LOG_KEY).asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(json.path("throwable").path("message").asText()).isEqualTo("broken");
        assertThat(json.path("timestamp").asLong()).isPositive();
    }
}
