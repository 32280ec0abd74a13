package dev.seine.app.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.Main;
import dev.seine.event.Question;
import dev.seine.policy.Torch;
import dev.seine.producers.generator.SearchMode;
import dev.seine.producers.questions.QuestionDraft;
import dev.seine.producers.questions.QuestionFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code seine bench-serving}: loads a running answer service and checks every stream. The first event of a stream tells that the answer has
 * begun, before anything is generated: its time is that of the way there and back, through HTTP and Kafka, and of the wait for a slot.
 */
@Command(
        name = "bench-serving",
        description =
                "Load a running answer service with streams, check them, and print times to their first and last event.",
        mixinStandardHelpOptions = true)
public final class BenchServingCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIRECT = 200;
    private static final int DIRECT_WARM_UP = 100;
    /** Streams whose times do not count, one after another: this process has yet to load its HTTP client. */
    private static final int WARM_UP = 10;
    /** What is written of an answer: thinking, a search, text. */
    private static final Set<String> STEPS = Set.of(
            "response.reasoning_summary_text.delta",
            "response.file_search_call.in_progress",
            "response.output_text.delta");

    @Mixin
    private RunOptions options;

    @Option(
            names = "--url",
            description = "The service (default: ${DEFAULT-VALUE}).",
            defaultValue = "http://127.0.0.1:8980/")
    private String url;

    @Option(names = "--model", description = "The policy (default: ${DEFAULT-VALUE}).", defaultValue = "seine")
    private String model;

    @Option(
            names = "--clients",
            description = "Streams open at once at most (default: ${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int clients;

    @Option(names = "--rate", description = "Questions a second (default: ${DEFAULT-VALUE}).", defaultValue = "20")
    private double rate;

    @Option(names = "--seconds", description = "How long to ask (default: ${DEFAULT-VALUE}).", defaultValue = "30")
    private int seconds;

    @Option(
            names = "--direct",
            description =
                    "First ask the run's newest weights in this process, without HTTP and Kafka, to compare with.")
    private boolean direct;

    @Option(
            names = "--swap-every",
            paramLabel = "SECONDS",
            description = "Meanwhile let another version of the run's weights serve every so many seconds; 0 does not.",
            defaultValue = "0")
    private double swapEvery;

    private final List<Double> firstMs = Collections.synchronizedList(new ArrayList<>());
    private final List<Double> stepMs = Collections.synchronizedList(new ArrayList<>());
    private final List<Double> lastMs = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
    private final Map<Long, LongAdder> versions = new ConcurrentHashMap<>();

    /** What one stream has shown so far; written by one thread at a time. */
    private final class Stream {
        private final long since = System.nanoTime();
        private long next;
        private long version = -1;
        private boolean written;
        private String end = "broke off";

        void line(String line) {
            if (!line.startsWith("data: ")) {
                return;
            }
            JsonNode event = json(line.substring("data: ".length()));
            if (next == 0) {
                firstMs.add(passed());
            }
            if (event.path("sequence_number").asLong(-1) != next++) {
                end = "lost or reordered events";
            }
            JsonNode response = event.path("response");
            long told = response.path("seine").path("policy_version").asLong(-1);
            if (version >= 0 && !response.isMissingNode() && told != version) {
                end = "mixed versions";
            }
            version = Math.max(version, told);
            String type = event.path("type").asText();
            if (!written && STEPS.contains(type)) {
                written = true;
                stepMs.add(passed());
            }
            boolean over = List.of("response.completed", "response.incomplete", "response.failed")
                    .contains(type);
            if (over && end.equals("broke off")) {
                end = type;
            }
        }

        private double passed() {
            return (System.nanoTime() - since) / 1e6;
        }

        void close(int status) {
            lastMs.add(passed());
            versions.computeIfAbsent(version, v -> new LongAdder()).increment();
            ends.computeIfAbsent(status == 200 ? end : "HTTP " + status, e -> new LongAdder())
                    .increment();
        }
    }

    /** Takes lines as they come. */
    private record Lines(Consumer<String> taker) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            taker.accept(line);
        }

        /** The request's own future fails with it. */
        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    @Override
    public Integer call() throws InterruptedException {
        if (direct) {
            askDirectly();
        }
        List<QuestionDraft> questions = QuestionFile.read(options.folder().trainQuestions(), line -> {});
        if (swapEvery > 0) {
            try (Swaps swaps = new Swaps(options, swapEvery)) {
                load(questions);
                System.out.println(swaps.end() + " swaps; answers by version " + new TreeMap<>(versions));
            }
        } else {
            load(questions);
        }
        return ends.keySet().stream().allMatch(e -> e.equals("response.completed") || e.equals("response.incomplete"))
                ? Main.DONE
                : Main.FAILED;
    }

    private void load(List<QuestionDraft> questions) throws InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; i < WARM_UP; i++) {
            ask(client, questions.get(i % questions.size()).text()).join();
        }
        List.of(firstMs, stepMs, lastMs).forEach(List::clear);
        List.of(ends, versions).forEach(Map::clear);
        Semaphore open = new Semaphore(clients);
        List<CompletableFuture<?>> all = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < rate * seconds; i++) {
            long wait = begun + (long) (i * 1e9 / rate) - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, wait));
            open.acquire();
            String question = questions.get(i % questions.size()).text();
            all.add(ask(client, question).whenComplete((done, error) -> open.release()));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        report((System.nanoTime() - begun) / 1e9);
    }

    /** One question after another, by the engine alone. */
    private void askDirectly() {
        RunFolder folder = options.folder();
        List<Question> questions = QuestionSets.chosen(null, DIRECT + DIRECT_WARM_UP, folder);
        List<Double> times = new ArrayList<>();
        Torch.threads(1); // as a generator has
        Candidate.of("newest", "", folder, options.begun(List.of())).ask(evaluator -> {
            for (Question question : questions) {
                long since = System.nanoTime();
                evaluator.ask(List.of(question), SearchMode.FREE);
                times.add((System.nanoTime() - since) / 1e6);
            }
        });
        print("engine alone, whole answer", times.subList(Math.min(DIRECT_WARM_UP, times.size() / 2), times.size()));
    }

    private CompletableFuture<?> ask(HttpClient client, String question) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "v1/responses"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.createObjectNode()
                        .put("model", model)
                        .put("input", question)
                        .put("stream", true)
                        .toString()))
                .build();
        Stream stream = new Stream();
        return client.sendAsync(
                        request,
                        info -> HttpResponse.BodySubscribers.fromLineSubscriber(
                                new Lines(stream::line), subscriber -> "", StandardCharsets.UTF_8, "\n"))
                .handle((response, error) -> {
                    stream.close(error == null ? response.statusCode() : -1);
                    return null;
                });
    }

    private void report(double took) {
        System.out.printf("%d streams in %.1f s, %.1f a second%n", lastMs.size(), took, lastMs.size() / took);
        new TreeMap<>(ends).forEach((end, count) -> System.out.println("  " + end + ": " + count));
        print("first event", firstMs);
        print("first thought, search or text", stepMs);
        print("last event", lastMs);
    }

    private static void print(String what, List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        if (!sorted.isEmpty()) {
            System.out.printf(
                    "%s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                    what, at(sorted, 0.5), at(sorted, 0.99), sorted.get(sorted.size() - 1));
        }
    }

    /** The nearest-rank percentile. */
    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the service sent no JSON: " + text, e);
        }
    }
}
