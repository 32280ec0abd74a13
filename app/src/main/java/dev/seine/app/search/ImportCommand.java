package dev.seine.app.search;

import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.CorpusImport;
import dev.seine.producers.retrieval.dense.CorpusEmbedding;
import dev.seine.producers.retrieval.dense.Embedder;
import dev.seine.producers.retrieval.dense.VectorDraft;
import dev.seine.producers.retrieval.dense.VectorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine import}: a corpus of any size into a BM25 index, or as vectors into a store. */
@Command(
        name = "import",
        description = {
            "Import a corpus: JSONL (title, text), KILT's knowledge source (pages are split into 100 words), or TSV",
            "(id, text, title). An import that was cut off goes on where it ended when it is called again."
        },
        mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
    private static final int COMMIT_EVERY = 50_000;
    private static final int SHOWN_REFUSALS = 20;

    @Mixin
    private SearchOptions options;

    @Option(names = "--corpus", required = true, paramLabel = "FILE", description = "Passages.")
    private Path corpus;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description = "Folder of the BM25 index; name it as retrieve.index afterwards.")
    private @Nullable Path index;

    @Option(
            names = "--vectors",
            description = "Embed the passages into the store of [retrieve.dense], as its next generation.")
    private boolean vectors;

    private long refused;
    private long began;
    private long shown;

    @Override
    public Integer call() {
        SearchConfig config = options.resolved();
        if (index == null && !vectors) {
            throw new ConfigException("import into what? --index DIR, --vectors, or both");
        }
        if (!Files.isRegularFile(corpus)) {
            throw new ConfigException("no corpus file " + corpus);
        }
        if (index != null) {
            index(index);
        }
        if (vectors) {
            embed(config);
        }
        return Main.DONE;
    }

    private void index(Path index) {
        began = System.nanoTime();
        CorpusImport.Progress end =
                new CorpusImport(index, options.maxPassageChars, COMMIT_EVERY).run(corpus, this::refused, this::show);
        System.out.printf(
                "%s: %,d passages, %,d lines left out, %.1f s%n",
                index, end.passages(), end.refused(), (System.nanoTime() - began) / 1e9);
    }

    private void show(CorpusImport.Progress at) {
        System.err.printf(
                "%3d %%  %,d passages, %,.0f a second%n",
                at.totalBytes() == 0 ? 100 : 100 * at.bytes() / at.totalBytes(),
                at.passages(),
                at.passages() / ((System.nanoTime() - began) / 1e9));
    }

    private void embed(SearchConfig config) {
        began = System.nanoTime();
        try (Embedder embedder = Retrievers.embedder(config.dense());
                VectorStore store = Retrievers.store(config, System.getenv())) {
            VectorDraft draft = store.draft(embedder.space());
            System.err.printf("%,d passages are there already%n", draft.count());
            CorpusEmbedding.run(
                    Corpus.stream(corpus, options.maxPassageChars, this::refused),
                    Corpus.name(corpus),
                    embedder,
                    draft,
                    this::showEmbedded);
            long count = draft.count();
            store.publish();
            System.out.printf(
                    "%,d passages as vectors of %s, %.1f s%n",
                    count, embedder.space(), (System.nanoTime() - began) / 1e9);
        }
    }

    private void showEmbedded(long read) {
        if (read >= shown + 1_000) {
            shown = read;
            System.err.printf("%,d passages, %,.0f a second%n", read, read / ((System.nanoTime() - began) / 1e9));
        }
    }

    private void refused(RefusedLine line) {
        refused++;
        if (refused <= SHOWN_REFUSALS) {
            System.err.println("left out " + line);
        } else if (refused == SHOWN_REFUSALS + 1) {
            System.err.println("further lines that are left out are only counted");
        }
    }
}
