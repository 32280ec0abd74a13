package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.event.Rejection;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RejectionsCommandTest {
    private static final byte[] KEY = "q1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] JUNK = {9, 'j', 'u', 'n', 'k'};

    @TempDir
    private Path dir;

    @Test
    void whatWasRefusedIsListedShownAndWrittenAgainByteForByte() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
            clients.createTopics();
            try (EventProducer producer = clients.producer("test")) {
                producer.sendBytes(Topics.QUESTIONS, 2, KEY, JUNK);
            }
            refused(clients, 1);
            String[] where = {"--bootstrap", broker.bootstrap(), "--registry", registry.url(), "--run", dir.toString()};
            assertThat(run(where, "list"))
                    .contains(
                            "1 rejections",
                            "questions-2-0",
                            "reader",
                            "5 bytes",
                            "expected 0 as the first byte, got 9");
            assertThat(run(where, "show", "questions-2-0")).contains("key   q1", "09 6a 75 6e 6b", ".junk");
            assertThat(run(where, "retry", "questions-2-0")).contains("written again: questions-2-0");

            List<Rejection> again = refused(clients, 1 + 2); // the first is read, and refused, a second time
            Rejection last = again.get(again.size() - 1);
            assertThat(last.getOffset()).isEqualTo(1);
            assertThat(last.getKey().array()).isEqualTo(KEY);
            assertThat(last.getValue().array()).isEqualTo(JUNK);
        }
    }

    /** Reads the questions, which refuses them, and then the rejections. */
    private static List<Rejection> refused(Clients clients, int expected) {
        try (EventConsumer<?> reader = clients.assign(Topics.QUESTIONS, "reader");
                EventConsumer<Rejection> rejections = clients.assign(Topics.REJECTIONS, "test")) {
            reader.readToEnd();
            List<Rejection> all =
                    rejections.readToEnd().stream().map(event -> event.value()).toList();
            assertThat(all).hasSize(expected);
            return all;
        }
    }

    private static String run(String[] where, String... command) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            List<String> arguments = new java.util.ArrayList<>(List.of(command));
            arguments.addAll(List.of(where));
            assertThat(new CommandLine(new RejectionsCommand()).execute(arguments.toArray(String[]::new)))
                    .isZero();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
