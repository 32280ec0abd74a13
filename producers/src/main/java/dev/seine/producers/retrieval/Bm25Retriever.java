package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
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
    private static final String ID = "id";
    private static final String TITLE = "title";
    private static final String TEXT = "text";

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
        return open(new ByteBuffersDirectory(), corpus);
    }

    /**
     * Opens the index in a folder, and makes it first if there is none. An index appears whole or not at all; who
     * changes the corpus names another folder.
     *
     * @throws IllegalArgumentException if the corpus is empty
     */
    public static Bm25Retriever onDisk(Path folder, Corpus corpus) {
        try {
            return open(new MMapDirectory(folder), corpus);
        } catch (IOException e) {
            throw new UncheckedIOException("index folder " + folder + " cannot be opened: " + e, e);
        }
    }

    private static Bm25Retriever open(Directory directory, Corpus corpus) {
        try {
            if (!DirectoryReader.indexExists(directory)) {
                index(directory, corpus);
            }
            return new Bm25Retriever(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("index in " + directory + " failed: " + e, e);
        }
    }

    /** Merges only neighbours, one after the other, so that document numbers keep the order of the corpus. */
    private static void index(Directory directory, Corpus corpus) throws IOException {
        try (Analyzer analyzer = new EnglishAnalyzer()) {
            IndexWriterConfig config = new IndexWriterConfig(analyzer)
                    .setMergePolicy(new LogDocMergePolicy())
                    .setMergeScheduler(new SerialMergeScheduler())
                    .setCommitOnClose(false);
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                corpus.forEach(passage -> add(writer, passage));
                if (writer.getDocStats().numDocs == 0) {
                    throw new IllegalArgumentException("corpus is empty: got 0 passages, expected at least 1");
                }
                writer.forceMerge(1);
                writer.commit();
            }
        }
    }

    private static void add(IndexWriter writer, Passage passage) {
        Document document = new Document();
        document.add(new StoredField(ID, passage.getId()));
        document.add(new TextField(TITLE, passage.getTitle(), Field.Store.YES));
        document.add(new TextField(TEXT, passage.getText(), Field.Store.YES));
        try {
            writer.addDocument(document);
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
                any.add(new TermQuery(new Term(TITLE, term)), BooleanClause.Occur.SHOULD);
                any.add(new TermQuery(new Term(TEXT, term)), BooleanClause.Occur.SHOULD);
            }
            List<Passage> passages = new ArrayList<>(k);
            for (ScoreDoc hit : searcher.search(any.build(), k).scoreDocs) {
                passages.add(passage(hit));
            }
            return List.copyOf(passages);
        } catch (IOException e) {
            throw new UncheckedIOException("search failed: " + e, e);
        }
    }

    private Set<String> terms(String query) throws IOException {
        String bounded = Bounds.cut(query, MAX_QUERY_CHARS);
        Set<String> terms = new LinkedHashSet<>();
        try (TokenStream tokens = analyzer.tokenStream(TEXT, new StringReader(bounded))) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (terms.size() < MAX_TERMS && tokens.incrementToken()) {
                terms.add(term.toString());
            }
        }
        return terms;
    }

    private Passage passage(ScoreDoc hit) throws IOException {
        Document document = searcher.storedFields().document(hit.doc);
        return Passage.newBuilder()
                .setId(document.get(ID))
                .setTitle(document.get(TITLE))
                .setText(document.get(TEXT))
                .setScore(hit.score)
                .build();
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
