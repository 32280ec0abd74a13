package dev.seine.app.search;

import dev.seine.app.Main;
import dev.seine.app.search.GoldQuestions.Gold;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.RetrievalCounts;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.producers.retrieval.SearchUnavailable;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine bench-retrieval}: how fast searches are answered, directly and through Kafka, also after an outage. */
@Command(
        name = "bench-retrieval",
        description = {
            "Latency and throughput of searches by several clients at once, directly and through a broker that is started",
            "for it. No two queries are equal, except in the last line, where all of a hundred are."
        },
        mixinStandardHelpOptions = true)
public final class BenchRetrievalCommand implements Callable<Integer> {
    private static final int TOP_K = 5;
    private static final int EQUAL = 100;

    @Mixin
    private SearchOptions options;

    @Mixin
    private GoldFiles files;

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            description = "Clients at once (default: 1, 10, 100, 200).",
            defaultValue = "1,10,100,200")
    private List<Integer> clients;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Requests of all clients (default: ${DEFAULT-VALUE}).",
            defaultValue = "2000")
    private int requests;

    @Option(
            names = "--away",
            paramLabel = "SECONDS",
            description = "Also: the search does not answer for the first so many seconds of a run of 100 clients.")
    private int away;

    private List<Gold> asked = List.of();
    private volatile long awayUntil;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SearchConfig config = options.resolved();
        asked = files.questions();
        Retrievers retrievers = files.retrievers(config, options.maxPassageChars);
        System.out.printf(
                "%-8s %8s %9s %10s %9s %9s %7s%n",
                "path", "clients", "requests", "queries/s", "p50 ms", "p99 ms", "errors");
        try (Retriever retriever = retrievers.open()) {
            new Load(1, asked.size()).run(number -> retriever.search(query(number), TOP_K)); // warms up
            for (int n : clients) {
                print("direct", n, new Load(n, requests).run(number -> retriever.search(query(number), TOP_K)));
            }
            throughKafka(retriever, config);
        }
        return Main.DONE;
    }

    private void throughKafka(Retriever retriever, SearchConfig config) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("seine-bench");
        try (EmbeddedBroker broker = EmbeddedBroker.child(folder.resolve("kafka"), folder.resolve("broker.log"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrap());
                Clients kafka = new Clients(Connection.of(broker.bootstrap(), registry.url()))) {
            kafka.createTopics();
            try (KafkaSearch search = new KafkaSearch(kafka, interrupted(retriever), config.service())) {
                new Load(10, asked.size()).run(number -> search.search("warm-" + number, query(number), TOP_K));
                for (int n : clients) {
                    String run = "c" + n + "-";
                    print(
                            "kafka",
                            n,
                            new Load(n, requests)
                                    .run(number -> search.search(run + number, run + query(number), TOP_K)));
                }
                if (away > 0) {
                    awayUntil = System.nanoTime() + away * 1_000_000_000L;
                    Load load = new Load(100, requests);
                    print(
                            "outage",
                            100,
                            load.run(number -> search.search("o" + number, "outage " + query(number), TOP_K)));
                }
                equal(search);
            }
        }
    }

    private void equal(KafkaSearch search) throws InterruptedException {
        RetrievalCounts before = search.counts();
        String query = "equal " + query(0);
        print("equal", EQUAL, new Load(EQUAL, EQUAL).run(number -> search.search("e" + number, query, TOP_K)));
        RetrievalCounts after = search.counts();
        long cached = after.cached() - before.cached();
        long coalesced = after.coalesced() - before.coalesced();
        System.out.printf(
                "         of these searched %d, answered with an equal one of the same poll %d, from the cache %d%n",
                EQUAL - cached - coalesced, coalesced, cached);
    }

    /** The retriever, except while it is away. */
    private Retriever interrupted(Retriever retriever) {
        return new Retriever() {
            @Override
            public List<Passage> search(String query, int k) {
                if (awayUntil - System.nanoTime() > 0 && awayUntil != 0) {
                    throw new SearchUnavailable("the search is away", null);
                }
                return retriever.search(query, k);
            }
        };
    }

    /** No two numbers have an equal query. */
    private String query(int number) {
        return asked.get(number % asked.size()).question() + " " + number;
    }

    private static void print(String path, int clients, Load.Outcome outcome) {
        System.out.printf(
                "%-8s %8d %9d %10.0f %9.1f %9.1f %7d%n",
                path,
                clients,
                outcome.latencies().count() + outcome.errors(),
                outcome.latencies().count() / outcome.seconds(),
                outcome.latencies().millis(0.5),
                outcome.latencies().millis(0.99),
                outcome.errors());
    }
}
