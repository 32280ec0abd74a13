package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * BM25 (Robertson and Walker 1994; Lucene's form with k1 = 1.2, b = 0.75) over title and text with English stemming.
 * Passages of equal score come in the order of the corpus. Safe for use by several threads.
 */
public final class Bm25Retriever implements Retriever {
    /** What of a query is looked at, in characters. */
    static final int MAX_QUERY_CHARS = 1_000;

    private static final int MAX_TERMS = 64;

    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Analyzer analyzer = new EnglishAnalyzer();

    private Bm25Retriever(Directory directory) throws IOException {
        this.directory = directory;
        this.reader = DirectoryReader.open(directory);
        this.searcher = new IndexSearcher(reader);
    }

    /**
     * Indexes a corpus in memory.
     *
     * @throws IllegalArgumentException if the corpus is empty
     */
    public static Bm25Retriever inMemory(Corpus corpus) {
        Directory directory = new ByteBuffersDirectory();
        try {
            index(directory, corpus);
            return new Bm25Retriever(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("index in memory failed: " + e, e);
        }
    }

    /**
     * Opens an index that {@link CorpusImport} made.
     *
     * @throws IllegalArgumentException if there is none, or one that is not complete
     */
    public static Bm25Retriever open(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("no index " + folder);
            }
            Directory directory = new MMapDirectory(folder);
            ImportState state = ImportState.read(directory)
                    .orElseThrow(
                            () -> new IllegalArgumentException("no index in " + folder + "; import a corpus first"));
            if (!state.complete()) {
                throw new IllegalArgumentException(state.described(folder) + ": import it again to finish");
            }
            return new Bm25Retriever(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("index folder " + folder + " cannot be opened: " + e, e);
        }
    }

    private static void index(Directory directory, Corpus corpus) throws IOException {
        try (Analyzer analyzer = new EnglishAnalyzer();
                IndexWriter writer = new IndexWriter(directory, PassageFields.writing(analyzer))) {
            corpus.forEach(passage -> add(writer, passage));
            if (writer.getDocStats().numDocs == 0) {
                throw new IllegalArgumentException("corpus is empty: got 0 passages, expected at least 1");
            }
            writer.forceMerge(1);
            writer.commit();
        }
    }

    private static void add(IndexWriter writer, Passage passage) {
        try {
            writer.addDocument(PassageFields.document(passage, 0));
        } catch (IOException e) {
            throw new UncheckedIOException("passage " + passage.getId() + " cannot be indexed: " + e, e);
        }
    }

    @Override
    public List<Passage> search(String query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, got " + k);
        }
        try {
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            for (String term : terms(query)) {
                any.add(new TermQuery(new Term(PassageFields.TITLE, term)), BooleanClause.Occur.SHOULD);
                any.add(new TermQuery(new Term(PassageFields.TEXT, term)), BooleanClause.Occur.SHOULD);
            }
            List<Passage> passages = new ArrayList<>(k);
            for (ScoreDoc hit : searcher.search(any.build(), k).scoreDocs) {
                passages.add(PassageFields.passage(searcher.storedFields(), hit.doc, hit.score));
            }
            return List.copyOf(passages);
        } catch (IOException e) {
            throw new UncheckedIOException("search failed: " + e, e);
        }
    }

    private Set<String> terms(String query) throws IOException {
        String bounded = Bounds.cut(query, MAX_QUERY_CHARS);
        Set<String> terms = new LinkedHashSet<>();
        try (TokenStream tokens = analyzer.tokenStream(PassageFields.TEXT, new StringReader(bounded))) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (terms.size() < MAX_TERMS && tokens.incrementToken()) {
                terms.add(term.toString());
            }
        }
        return terms;
    }

    @Override
    public void close() {
        try {
            IOUtils.close(reader, directory);
            analyzer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("index cannot be closed: " + e, e);
        }
    }
}
