package dev.seine.app.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.FSDirectory;

/**
 * Where everything of a run lies in its log, by id, step, time and the numbers of the reward: a small index beside the run, so that nothing is
 * found by scanning. It holds places, ids and numbers, never texts or tokens; the record itself is read from the log. Deleting it costs the
 * time to build it again, nothing else. As of the moment it was opened; safe for use by several threads.
 */
public final class RunIndex implements AutoCloseable {
    private static final int MOST = 10_000;
    /** Held, or its level would be forgotten: Lucene tells at length which fast paths it does not use. */
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private final FSDirectory directory;
    private final Optional<DirectoryReader> reader;
    private final Optional<IndexSearcher> searcher;
    private final Map<Long, String> fates;

    private RunIndex(FSDirectory directory, Optional<DirectoryReader> reader) throws IOException {
        this.directory = directory;
        this.reader = reader;
        this.searcher = reader.map(IndexSearcher::new);
        this.fates = reader.isPresent()
                ? IndexFields.fates(reader.get().getIndexCommit().getUserData())
                : Map.of();
    }

    /** Makes sure that Lucene is quiet before it is used at all. */
    static void quiet() {
        LUCENE.setLevel(Level.SEVERE);
    }

    /** Opens what {@link IndexWriting} has written into the folder; empty if it has not. */
    public static RunIndex open(Path dir) {
        quiet();
        try {
            FSDirectory directory = FSDirectory.open(dir);
            try {
                return new RunIndex(directory, Optional.of(DirectoryReader.open(directory)));
            } catch (IndexNotFoundException e) {
                return new RunIndex(directory, Optional.empty());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the index " + dir, e);
        }
    }

    /** How many scored trajectories match. */
    public int count(Wanted wanted) {
        return count(IndexFields.query(wanted, fates));
    }

    /** Scored trajectories that match, {@code limit} of them after the first {@code skip}. */
    public List<Row> rows(Wanted wanted, Wanted.Order order, int skip, int limit) {
        return found(
                IndexFields.query(wanted, fates),
                IndexFields.sort(order),
                skip,
                limit,
                (document, hit) -> IndexFields.row(
                        document,
                        updated(hit, IndexFields.STEP),
                        fates.getOrDefault(updated(hit, IndexFields.FATE), "")));
    }

    /** Records of one topic that belong to a rollout, group, question, step or version, oldest first. */
    public List<Place> places(String topic, String field, String id) {
        Query query = new BooleanQuery.Builder()
                .add(new TermQuery(new Term(IndexFields.TOPIC, topic)), Occur.FILTER)
                .add(new TermQuery(new Term(field, id)), Occur.FILTER)
                .build();
        return found(query, IndexFields.sort(Wanted.Order.TIME), 0, MOST, (d, hit) -> IndexFields.place(d));
    }

    /** Records of a topic. */
    public int count(String topic) {
        return count(new TermQuery(new Term(IndexFields.TOPIC, topic)));
    }

    /** Records of one topic in the order of time. */
    public List<Place> places(String topic, int skip, int limit) {
        return found(
                new TermQuery(new Term(IndexFields.TOPIC, topic)),
                IndexFields.sort(Wanted.Order.TIME),
                skip,
                limit,
                (document, hit) -> IndexFields.place(document));
    }

    /** How many scored trajectories were skipped for each reason, or trained. */
    public Map<String, Integer> fates() {
        Map<String, Integer> counts = new TreeMap<>();
        fates.forEach((code, name) -> counts.put(name, count(IndexFields.fate(code))));
        return counts;
    }

    @Override
    public void close() {
        try {
            if (reader.isPresent()) {
                reader.get().close();
            }
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int count(Query query) {
        try {
            return searcher.isEmpty() ? 0 : searcher.get().count(query);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes something of a document and its number. */
    private interface Made<T> {
        T of(Document document, int hit) throws IOException;
    }

    private <T> List<T> found(Query query, Sort sort, int skip, int limit, Made<T> made) {
        if (searcher.isEmpty() || limit <= 0) {
            return List.of();
        }
        try {
            TopDocs top = searcher.get().search(query, skip + limit, sort);
            List<T> found = new ArrayList<>();
            for (int i = skip; i < top.scoreDocs.length; i++) {
                int hit = top.scoreDocs[i].doc;
                found.add(made.of(searcher.get().storedFields().document(hit), hit));
            }
            return List.copyOf(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number that was added to a document after it was written; -1 if none was. */
    private long updated(int hit, String field) throws IOException {
        List<LeafReaderContext> leaves = reader.orElseThrow().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit, leaves));
        NumericDocValues values = DocValues.getNumeric(leaf.reader(), field);
        return values.advanceExact(hit - leaf.docBase) ? values.longValue() : -1;
    }
}
