package dev.seine.producers.retrieval.web;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Bm25Retriever;
import dev.seine.producers.retrieval.Bounds;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.KiltPages;
import dev.seine.producers.retrieval.Retriever;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the web: a search engine names pages, the pages are fetched, and of each the part that fits the query best, or a summary, is a
 * passage with the page's address as id. A page that cannot be had leaves its result's snippet. Results change from day to day;
 * what a run was shown is in its log. Safe for use by several threads.
 */
public final class WebRetriever implements Retriever {
    private static final Logger LOG = LoggerFactory.getLogger(WebRetriever.class);
    /** What of a page's text is looked at. */
    private static final int MAX_ARTICLE_CHARS = 200_000;

    private final SearchApi api;
    private final Pages pages;
    private final boolean fetch;
    private final Optional<Summary> summary;
    private final ExecutorService workers;

    /**
     * A retriever over this search API.
     *
     * @param key of the search API
     * @param summary of pages; empty takes the best part of each instead
     */
    public WebRetriever(WebConfig config, Optional<String> key, Optional<Summary> summary) {
        this.api = new SearchApi(config, key);
        this.pages = new Pages(config);
        this.fetch = config.pages();
        this.summary = summary;
        this.workers = Executors.newFixedThreadPool(config.concurrency(), task -> {
            Thread thread = new Thread(task, "web-retriever");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public List<Passage> search(String query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, got " + k);
        }
        if (query.isBlank()) {
            return List.of();
        }
        List<SearchApi.Hit> hits = api.search(query, k);
        List<Future<Optional<Passage>>> found = hits.stream()
                .map(hit -> workers.submit((Callable<Optional<Passage>>) () -> passage(query, hit)))
                .toList();
        return found.stream()
                .map(WebRetriever::result)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Passage> result(Future<Optional<Passage>> passage) {
        try {
            return passage.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while pages were fetched", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a page could not be read: " + e.getCause(), e.getCause());
        }
    }

    private Optional<Passage> passage(String query, SearchApi.Hit hit) {
        Article article = fetch ? article(hit) : new Article("", "");
        String text = article.text().isBlank() ? hit.snippet() : told(query, article.text());
        return text.isBlank()
                ? Optional.empty()
                : Optional.of(Passage.newBuilder()
                        .setId(Bounds.cut(hit.url(), Bounds.MAX_ID))
                        .setTitle(hit.title().isEmpty() ? article.title() : hit.title())
                        .setText(text)
                        .setScore(0)
                        .build());
    }

    private Article article(SearchApi.Hit hit) {
        try {
            Article whole = Article.of(pages.fetch(hit.url()));
            return new Article(whole.title(), Bounds.cut(whole.text(), MAX_ARTICLE_CHARS));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Whatever a page does to its reader, the others are still there.
            LOG.info("page {} is left out: {}", hit.url(), e.toString());
            return new Article("", "");
        }
    }

    private String told(String query, String text) {
        return summary.isPresent() ? summary.get().of(query, text) : best(query, text);
    }

    /** The hundred words of the text that fit the query best; its beginning if none do. */
    static String best(String query, String text) {
        List<String> pieces = KiltPages.split(text);
        List<Passage> passages = IntStream.range(0, pieces.size())
                .mapToObj(i -> Passage.newBuilder()
                        .setId(Integer.toString(i))
                        .setTitle("")
                        .setText(pieces.get(i))
                        .setScore(0)
                        .build())
                .toList();
        try (Retriever bm25 = Bm25Retriever.inMemory(Corpus.of(passages))) {
            return bm25.search(query, 1).stream()
                    .findFirst()
                    .map(Passage::getText)
                    .orElse(pieces.get(0));
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        api.close();
        pages.close();
    }
}
