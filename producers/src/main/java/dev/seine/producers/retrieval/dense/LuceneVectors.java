package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;

/** One generation in a folder: a Lucene index whose vectors are searched by an HNSW graph (Malkov and Yashunin 2018). */
final class LuceneVectors implements Vectors {
    /** Candidates of a search at least: the graph finds the nearest ones more surely than if it looks for a few. */
    private static final int CANDIDATES = 100;

    private static final String MODEL = "model";
    private static final String DIMENSION = "dimension";

    private final VectorSpace space;
    private final Directory directory;
    private final SearcherManager searchers;

    /** What these searchers see; both are closed with it. */
    LuceneVectors(VectorSpace space, Directory directory, SearcherManager searchers) {
        this.space = space;
        this.directory = directory;
        this.searchers = searchers;
    }

    /** Opens a folder to search what was flushed. */
    static LuceneVectors open(Path folder) throws IOException {
        Directory directory = new MMapDirectory(folder);
        return new LuceneVectors(space(directory), directory, new SearcherManager(directory, new SearcherFactory()));
    }

    /** The space of the vectors in a folder. */
    static VectorSpace space(Directory directory) throws IOException {
        Map<String, String> data = SegmentInfos.readLatestCommit(directory).getUserData();
        String model = Objects.requireNonNull(data.get(MODEL), () -> directory + " names no model");
        return new VectorSpace(model, Integer.parseInt(data.get(DIMENSION)));
    }

    /** What {@link #space(Directory)} reads. */
    static Map<String, String> commitData(VectorSpace space) {
        return Map.of(MODEL, space.model(), DIMENSION, Integer.toString(space.dimension()));
    }

    /** Shows what was flushed since. */
    void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    @Override
    public VectorSpace space() {
        return space;
    }

    @Override
    public long count() {
        return with(searcher -> (long) searcher.getIndexReader().numDocs());
    }

    @Override
    public Set<String> present(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        return with(searcher -> {
            Set<String> present = new HashSet<>();
            StoredFields fields = searcher.storedFields();
            for (ScoreDoc hit : searcher.search(VectorDocuments.anyOf(VectorDocuments.ID, ids), ids.size()).scoreDocs) {
                present.add(fields.document(hit.doc, Set.of(VectorDocuments.ID)).get(VectorDocuments.ID));
            }
            return present;
        });
    }

    @Override
    public List<Passage> nearest(float[] vector, int k, Set<String> sources) {
        Query filter = sources.isEmpty() ? null : VectorDocuments.anyOf(VectorDocuments.SOURCE, sources);
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(
                VectorDocuments.VECTOR, space.checked(vector, "the query"), Math.max(k, CANDIDATES), filter);
        return with(searcher -> {
            List<Passage> passages = new ArrayList<>(k);
            StoredFields fields = searcher.storedFields();
            for (ScoreDoc hit : searcher.search(query, k).scoreDocs) {
                passages.add(VectorDocuments.passage(fields, hit.doc, hit.score));
            }
            return List.copyOf(passages);
        });
    }

    @Override
    public void close() {
        try {
            IOUtils.close(searchers, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("vectors in " + directory + " cannot be closed: " + e, e);
        }
    }

    private interface Work<T> {
        T on(IndexSearcher searcher) throws IOException;
    }

    private <T> T with(Work<T> work) {
        try {
            IndexSearcher searcher = searchers.acquire();
            try {
                return work.on(searcher);
            } finally {
                searchers.release(searcher);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("vectors in " + directory + " cannot be searched: " + e, e);
        }
    }
}
