package dev.seine.app.search;

import dev.seine.app.search.SearchConfig.Store;
import dev.seine.event.Passage;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.retrieval.Bm25Retriever;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.HybridRetriever;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.producers.retrieval.dense.CorpusEmbedding;
import dev.seine.producers.retrieval.dense.DenseRetriever;
import dev.seine.producers.retrieval.dense.Embedder;
import dev.seine.producers.retrieval.dense.LuceneVectorStore;
import dev.seine.producers.retrieval.dense.OnnxEmbedder;
import dev.seine.producers.retrieval.dense.QdrantVectorStore;
import dev.seine.producers.retrieval.dense.VectorStore;
import dev.seine.producers.retrieval.dense.Vectors;
import dev.seine.producers.retrieval.rerank.RerankServer;
import dev.seine.producers.retrieval.web.Summary;
import dev.seine.producers.retrieval.web.WebRetriever;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes the retriever that a configuration names, over a corpus file. */
public final class Retrievers {
    /** Environment variable that holds the key of a Qdrant server. */
    static final String QDRANT_KEY = "SEINE_QDRANT_KEY";
    /** Environment variable that holds the key of a search API. */
    static final String SEARCH_KEY = "SEINE_SEARCH_KEY";
    /** Environment variable that holds the key of a reranker. */
    static final String RERANK_KEY = "SEINE_RERANK_KEY";
    /** Environment variable that holds the key of the language model that summarises pages. */
    static final String SUMMARY_KEY = "SEINE_LLM_KEY";

    private static final int SAID_EVERY = 5_000;

    private final SearchConfig config;
    private final Path corpus;
    private final int maxPassageChars;
    private final Path vectors;
    private final Map<String, String> environment;
    private final Consumer<String> say;

    /**
     * Retrievers over a corpus.
     *
     * @param maxPassageChars what of a passage is searched in
     * @param vectors folder for vectors of the corpus, where the configuration names no other
     * @param environment holds the keys
     * @param say told of lines that are left out, and of progress
     */
    public Retrievers(
            SearchConfig config,
            Path corpus,
            int maxPassageChars,
            Path vectors,
            Map<String, String> environment,
            Consumer<String> say) {
        this.config = config;
        this.corpus = corpus;
        this.maxPassageChars = maxPassageChars;
        this.vectors = vectors;
        this.environment = environment;
        this.say = say;
    }

    /**
     * The configured retriever, with the reranker over it if there is one. A corpus without vectors is embedded first where they are kept in the folder that was given.
     *
     * @throws IllegalArgumentException if an index, vectors or a model are missing or do not fit together
     */
    public Retriever open() {
        if (!config.rerank().on()) {
            return retriever();
        }
        RerankServer server = new RerankServer(config.rerank(), secret(RERANK_KEY));
        return closing(server.over(retriever(), config.rerank().depth()), server::close);
    }

    private Retriever retriever() {
        return switch (config.retriever()) {
            case BM25 -> bm25();
            case DENSE -> dense();
            case HYBRID -> hybrid();
            case WEB -> new WebRetriever(config.web(), secret(SEARCH_KEY), summary());
        };
    }

    private Retriever bm25() {
        return config.index()
                .map(Bm25Retriever::open)
                .orElseGet(() -> Bm25Retriever.inMemory(Corpus.file(corpus, maxPassageChars, this::refused)));
    }

    private Retriever hybrid() {
        Retriever dense = dense();
        try {
            return new HybridRetriever(
                    List.of(
                            new HybridRetriever.Part(dense, 1),
                            new HybridRetriever.Part(bm25(), config.hybrid().bm25Weight())),
                    config.hybrid().depth());
        } catch (RuntimeException e) {
            dense.close();
            throw e;
        }
    }

    private Retriever dense() {
        Embedder embedder = embedder(config.dense());
        try {
            boolean own = config.dense().store() == Store.LUCENE
                    && config.dense().folder().isEmpty();
            VectorStore store = own
                    ? new LuceneVectorStore(vectors.resolve(
                            digest(corpus) + "-" + embedder.space().model()))
                    : store(config, environment);
            try {
                return dense(embedder, store, own);
            } catch (RuntimeException e) {
                store.close();
                throw e;
            }
        } catch (RuntimeException e) {
            embedder.close();
            throw e;
        }
    }

    private Retriever dense(Embedder embedder, VectorStore store, boolean own) {
        if (own) {
            embed(embedder, store);
        }
        Vectors published = store.published()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no vectors in " + where() + "; make them with seine import --vectors"));
        Set<String> sources = own ? Set.of() : Set.copyOf(config.dense().sources());
        return closing(new DenseRetriever(embedder, published, sources, where()), store::close);
    }

    /** Fills the store of this corpus alone, unless it is full. Another content, or another model, is another store. */
    private void embed(Embedder embedder, VectorStore store) {
        if (store.published().map(Retrievers::closed).isEmpty()) {
            say.accept("embedding " + corpus + " by " + embedder.space());
            Corpus passages = Corpus.file(corpus, maxPassageChars, this::refused);
            CorpusEmbedding.run(passages, Corpus.name(corpus), embedder, store.draft(embedder.space()), read -> {
                if (read % SAID_EVERY == 0) {
                    say.accept("embedded %,d passages".formatted(read));
                }
            });
            store.publish();
        }
    }

    private static Vectors closed(Vectors looked) {
        looked.close();
        return looked;
    }

    /** The same, with something that is closed after it. */
    private static Retriever closing(Retriever retriever, Runnable after) {
        return new Retriever() {
            @Override
            public List<Passage> search(String query, int k) {
                return retriever.search(query, k);
            }

            @Override
            public void close() {
                try {
                    retriever.close();
                } finally {
                    after.run();
                }
            }
        };
    }

    /** The embedding model that is configured. */
    static Embedder embedder(SearchConfig.Dense dense) {
        return dense.model()
                .map(folder -> OnnxEmbedder.folder(folder, dense.pooling(), dense.queryInstruction()))
                .orElseGet(() -> OnnxEmbedder.bgeSmall(dense.queryInstruction()));
    }

    /**
     * The store that is configured.
     *
     * @throws IllegalArgumentException if none is
     */
    static VectorStore store(SearchConfig config, Map<String, String> environment) {
        return config.dense().store() == Store.QDRANT
                ? new QdrantVectorStore(config.qdrant(), Secret.of(QDRANT_KEY, environment))
                : new LuceneVectorStore(config.dense()
                        .folder()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "retrieve.dense.folder must name a folder to keep vectors in Lucene")));
    }

    private Optional<Summary> summary() {
        return config.summary().url().isEmpty()
                ? Optional.empty()
                : Optional.of(new PageSummary(config.summary(), secret(SUMMARY_KEY)));
    }

    private Optional<String> secret(String name) {
        return Secret.of(name, environment);
    }

    private String where() {
        return config.dense().store() == Store.QDRANT
                ? "Qdrant's " + config.qdrant().collection()
                : config.dense().folder().orElse(vectors).toString();
    }

    private void refused(RefusedLine line) {
        say.accept("left out " + line);
    }

    /** The first twelve digits of a file's SHA-256. */
    private static String digest(Path file) {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest()).substring(0, 12);
        } catch (IOException e) {
            throw new UncheckedIOException("corpus " + file + " cannot be read: " + e, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
