package dev.seine.app.search;

import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.dense.OnnxEmbedder.Pooling;
import dev.seine.producers.retrieval.dense.QdrantConfig;
import dev.seine.producers.retrieval.rerank.RerankConfig;
import dev.seine.producers.retrieval.web.WebConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of searches: what answers them, and how.
 *
 * @param retriever what answers searches
 * @param index folder of a BM25 index that {@code seine import} made; empty indexes the run's corpus in memory
 * @param maxTopK most passages for one request; more are not sought
 * @param maxQueryChars what of a query is looked at, in characters
 * @param maxPassageChars longest text of a passage in a response, in characters
 * @param cacheSize answers kept for equal queries; 0 keeps none
 * @param recentRequests requests remembered as answered
 * @param concurrency searches at once
 * @param dense vectors and the model that makes them
 * @param hybrid how BM25 and vectors are fused
 * @param qdrant the server that keeps the vectors, if one does
 * @param web the search API
 * @param summary who summarises pages from the web, if anyone does
 * @param rerank what puts passages into a better order, if anything does
 */
public record SearchConfig(
        Kind retriever,
        Optional<Path> index,
        int maxTopK,
        int maxQueryChars,
        int maxPassageChars,
        int cacheSize,
        int recentRequests,
        int concurrency,
        Dense dense,
        Hybrid hybrid,
        QdrantConfig qdrant,
        WebConfig web,
        Summarise summary,
        RerankConfig rerank) {
    /** Checks the bounds, and that a web search has an API. */
    public SearchConfig {
        new RetrievalConfig(maxTopK, maxQueryChars, maxPassageChars, cacheSize, recentRequests, concurrency);
        if (retriever == Kind.WEB && web.url().isEmpty()) {
            throw new IllegalArgumentException(
                    "retrieve.web.url must be the address of a search API where retrieve.retriever is web, got ''");
        }
    }

    /** What answers searches. */
    public enum Kind {
        /** Words in common. */
        BM25,
        /** Vectors. */
        DENSE,
        /** Both, fused. */
        HYBRID,
        /** A search engine and the pages it names. */
        WEB
    }

    /** Where vectors are kept. */
    public enum Store {
        /** In a folder. */
        LUCENE,
        /** On a server. */
        QDRANT
    }

    /**
     * Section {@code retrieve.dense}.
     *
     * @param model folder of an ONNX model; empty is the one that comes with the program
     * @param pooling of the user's model
     * @param queryInstruction put before each query
     * @param store where the vectors are
     * @param folder of the vectors in Lucene; empty is the run's own, embedded when it is first needed
     * @param sources corpora searched in, by name; empty is all
     */
    public record Dense(
            Optional<Path> model,
            Pooling pooling,
            String queryInstruction,
            Store store,
            Optional<Path> folder,
            List<String> sources) {}

    /** Section {@code retrieve.hybrid}: passages asked of each part, and the weight of BM25 where that of the vectors is 1. */
    public record Hybrid(int depth, double bm25Weight) {
        /** Checks the ranges. */
        public Hybrid {
            if (depth < 1) {
                throw new IllegalArgumentException("retrieve.hybrid.depth must be at least 1, got " + depth);
            }
            if (!(bm25Weight > 0)) {
                throw new IllegalArgumentException("retrieve.hybrid.bm25-weight must be above 0, got " + bm25Weight);
            }
        }
    }

    /** Section {@code retrieve.summary}: an OpenAI-compatible API; an empty address summarises nothing. */
    public record Summarise(String url, String model, int maxTokens, Duration timeout) {
        /** Checks the ranges. */
        public Summarise {
            if (maxTokens < 1 || timeout.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "retrieve.summary.max-tokens and retrieve.summary.timeout must be at least 1, got " + maxTokens
                                + " and " + timeout);
            }
        }
    }

    /** The bounds of the retrieval service. */
    public RetrievalConfig service() {
        return new RetrievalConfig(maxTopK, maxQueryChars, maxPassageChars, cacheSize, recentRequests, concurrency);
    }

    /** The same with another retriever. */
    public SearchConfig with(Kind other) {
        return new SearchConfig(
                other,
                index,
                maxTopK,
                maxQueryChars,
                maxPassageChars,
                cacheSize,
                recentRequests,
                concurrency,
                dense,
                hybrid,
                qdrant,
                web,
                summary,
                rerank);
    }
}
