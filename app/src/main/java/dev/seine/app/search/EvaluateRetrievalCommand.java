package dev.seine.app.search;

import dev.seine.app.Main;
import dev.seine.app.search.GoldQuestions.Gold;
import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Retriever;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine evaluate-retrieval}: recall of gold titles, and how long a search takes. */
@Command(
        name = "evaluate-retrieval",
        description = {
            "Recall of gold titles among the first 2, 5 and 10 passages, and latency of one search at a time.",
            "Questions: JSONL with question and gold_titles; corpus: JSONL with title and text, KILT, or TSV."
        },
        mixinStandardHelpOptions = true)
public final class EvaluateRetrievalCommand implements Callable<Integer> {
    private static final int[] DEPTHS = {2, 5, 10};
    private static final int DEEPEST = 10;

    @Mixin
    private SearchOptions options;

    @Mixin
    private GoldFiles files;

    @Option(
            names = "--retriever",
            split = ",",
            paramLabel = "NAME",
            description = "bm25, dense, hybrid or web; several are put in one table (default: the configured one).")
    private List<SearchConfig.Kind> retrievers = new ArrayList<>();

    @Override
    public Integer call() {
        SearchConfig config = options.resolved();
        List<Gold> asked = files.questions();
        System.out.printf(
                "%-10s %9s %8s %8s %9s %8s %8s%n",
                "retriever", "questions", "recall@2", "recall@5", "recall@10", "p50 ms", "p99 ms");
        for (SearchConfig.Kind kind : retrievers.isEmpty() ? List.of(config.retriever()) : retrievers) {
            evaluate(kind, config, asked);
        }
        return Main.DONE;
    }

    private void evaluate(SearchConfig.Kind kind, SearchConfig config, List<Gold> asked) {
        Retrievers retrievers = files.retrievers(config.with(kind), options.maxPassageChars);
        try (Retriever retriever = retrievers.open()) {
            double[] recall = new double[DEPTHS.length];
            Latencies latencies = new Latencies();
            for (Gold gold : asked) {
                long began = System.nanoTime();
                List<Passage> passages = retriever.search(gold.question(), DEEPEST);
                latencies.add(System.nanoTime() - began);
                for (int i = 0; i < DEPTHS.length; i++) {
                    recall[i] += gold.recall(passages, DEPTHS[i]) / asked.size();
                }
            }
            System.out.printf(
                    "%-10s %9d %8.3f %8.3f %9.3f %8.1f %8.1f%n",
                    kind.name().toLowerCase(Locale.ROOT),
                    asked.size(),
                    recall[0],
                    recall[1],
                    recall[2],
                    latencies.millis(0.5),
                    latencies.millis(0.99));
        }
    }
}
