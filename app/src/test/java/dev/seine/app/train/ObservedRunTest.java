package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.operations.Operations;
import dev.seine.app.operations.Scrape;
import dev.seine.app.operations.Watched;
import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.event.Trajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Metric;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run shows of itself while all its roles work, on a real broker in this process. */
class ObservedRunTest {
    private static final Pattern LABEL = Pattern.compile("[{,](\\w+)=\"");

    /** With these a run has every role that there is; nobody asks. */
    private static final List<String> ALL_ROLES = List.of(
            "rl.steps=6",
            "serve.while-training=true",
            "serve.http.port=0",
            "feedback.use=questions",
            "promotion.every=100",
            "promotion.questions=2");

    @TempDir
    private Path dir;

    /** Reads the meters as a scrape would, each time that the run shows where it stands after two steps. */
    private static final class Scraper implements View {
        private final Operations operations;
        private volatile String last = "";

        Scraper(Operations operations) {
            this.operations = operations;
        }

        @Override
        public void show(Progress progress) {
            if (progress.step() >= 2 && progress.stage().startsWith("reinforcement")) {
                last = Scrape.of(operations).text();
            }
        }

        @Override
        public void say(String line) {}

        @Override
        public void close() {}
    }

    @Test
    void everyMetricOfTheTableIsThereAndATraceLeadsFromQuestionToReward() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"));
                Operations operations = Operations.on("127.0.0.1", 0)) {
            RunOptions options = new RunOptions();
            options.run = dir.resolve("run");
            options.bootstrap = broker.bootstrap();
            options.registry = "";
            options.settings = Stream.concat(EndToEndTest.SMALL.stream(), Stream.of("rl.steps=6"))
                    .toList();
            RunFolder folder = options.folder().create();
            RunConfig config = options.fresh(ALL_ROLES);
            Scraper scraper = new Scraper(operations);
            new Preparation(folder, config, scraper::say).run(null, null, null);
            new TrainRun(folder, options, folder.report(), scraper, () -> false, operations.telemetry())
                    .run(config, List.of());

            Files.writeString(Path.of("target", "scrape.txt"), scraper.last); // for those who look after the test
            tableIsShown(scraper.last);
            dashboardsAndAlertsCanBeDrawn(scraper.last);
            try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                    Clients clients = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
                tracesHold(clients);
            }
        }
    }

    private static void tableIsShown(String scrape) {
        Set<String> names = Watched.series(scrape);
        for (Metric metric : Metric.values()) {
            List<String> expected =
                    switch (metric.kind()) {
                        case GAUGE, COUNTER -> List.of(metric.series());
                        case TIMER -> List.of(metric.series() + "_bucket", metric.series() + "_sum");
                    };
            assertThat(names).as(metric.name()).containsAll(expected);
        }
        Map<String, Metric> table =
                Arrays.stream(Metric.values()).collect(Collectors.toMap(Metric::series, metric -> metric));
        List<String> own =
                scrape.lines().filter(line -> line.startsWith("seine_")).toList();
        for (String line : own) {
            String series = line.split("[{ ]", 2)[0].replaceAll("_(bucket|sum|count|max)$", "");
            assertThat(table).as(line).containsKey(series);
            Matcher label = LABEL.matcher(line);
            while (label.find()) {
                assertThat(label.group(1))
                        .as(line)
                        .matches(name ->
                                name.equals("le") || table.get(series).labels().contains(name));
            }
        }
        // 10 timers of 18 lines, and for the rest a line a label value: ids among the labels would make thousands
        assertThat(own).hasSizeLessThan(400);
        assertThat(names).contains("jvm_memory_used_bytes", "process_cpu_usage");
    }

    private static void dashboardsAndAlertsCanBeDrawn(String scrape) throws IOException {
        assertThat(Watched.series(scrape)).containsAll(Watched.wanted());
    }

    /** A policy that has hardly been trained need not search: that searches are traced is shown where it is told to. */
    private static void tracesHold(Clients clients) {
        Map<String, String> questions = traces(clients, Topics.QUESTIONS);
        // 6 steps of 2 questions
        assertThat(questions).hasSize(12);
        assertThat(questions.values()).doesNotHaveDuplicates().doesNotContain("");
        for (Event<RetrievalRequest> event : events(clients, Topics.RETRIEVAL_REQUESTS)) {
            assertThat(questions.values()).contains(event.trace().id());
        }
        Map<String, String> asked = events(clients, Topics.RETRIEVAL_REQUESTS).stream()
                .collect(Collectors.toMap(
                        event -> event.value().getRequestId(),
                        event -> event.trace().id(),
                        (a, b) -> b));
        for (Event<RetrievalResponse> event : events(clients, Topics.RETRIEVAL_RESPONSES)) {
            assertThat(event.trace().id()).isEqualTo(asked.get(event.value().getRequestId()));
        }
        Map<String, String> rollouts = events(clients, Topics.TRAJECTORIES).stream()
                .collect(Collectors.toMap(event -> event.value().getRolloutId(), event -> event.trace()
                        .id()));
        for (Event<Trajectory> event : events(clients, Topics.TRAJECTORIES)) {
            String question =
                    event.value().getQuestionId() + "@" + event.value().getEpoch();
            assertThat(event.trace().id()).isEqualTo(questions.get(question));
        }
        events(clients, Topics.SCORED_TRAJECTORIES)
                .forEach(event -> assertThat(event.trace().id())
                        .isEqualTo(rollouts.get(event.value().getTrajectory().getRolloutId())));
    }

    /** Traces by question and epoch. */
    private static Map<String, String> traces(Clients clients, Topic<dev.seine.event.Question> topic) {
        return events(clients, topic).stream()
                .collect(Collectors.toMap(
                        event -> event.value().getId() + "@" + event.value().getEpoch(),
                        event -> event.trace().id()));
    }

    private static <V extends SpecificRecord> List<Event<V>> events(Clients clients, Topic<V> topic) {
        try (EventConsumer<V> consumer = clients.assign(topic, "test")) {
            return consumer.readToEnd();
        }
    }
}
