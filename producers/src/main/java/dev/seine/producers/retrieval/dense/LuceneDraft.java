package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.store.MMapDirectory;

/** A generation that is being written in a folder. */
final class LuceneDraft implements VectorDraft {
    /** Lucene's own bound. */
    static final int MAX_DIMENSION = 1024;

    private final IndexWriter writer;
    private final LuceneVectors vectors;

    private LuceneDraft(IndexWriter writer, LuceneVectors vectors) {
        this.writer = writer;
        this.vectors = vectors;
    }

    /**
     * Opens a folder, and makes it if there is none.
     *
     * @throws IllegalArgumentException if another process writes there, or Lucene cannot keep vectors of this size
     */
    static LuceneDraft open(Path folder, VectorSpace space) throws IOException {
        if (space.dimension() > MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "Lucene keeps vectors of at most " + MAX_DIMENSION + " numbers, got the model " + space);
        }
        Directory directory = new MMapDirectory(folder);
        try {
            IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig().setCommitOnClose(false));
            writer.setLiveCommitData(LuceneVectors.commitData(space).entrySet());
            writer.commit();
            SearcherManager searchers = new SearcherManager(writer, new SearcherFactory());
            return new LuceneDraft(writer, new LuceneVectors(space, directory, searchers));
        } catch (LockObtainFailedException e) {
            directory.close();
            throw new IllegalArgumentException("vectors in " + folder + " are being written by another process", e);
        }
    }

    @Override
    public void put(List<Embedded> passages) {
        passages.forEach(
                p -> space().checked(p.vector(), "passage " + p.passage().getId()));
        try {
            for (Embedded embedded : passages) {
                writer.updateDocument(
                        VectorDocuments.id(embedded.passage().getId()), VectorDocuments.document(embedded));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("vectors cannot be written: " + e, e);
        }
    }

    @Override
    public void flush() {
        try {
            writer.commit();
            vectors.refresh();
        } catch (IOException e) {
            throw new UncheckedIOException("vectors cannot be written: " + e, e);
        }
    }

    @Override
    public VectorSpace space() {
        return vectors.space();
    }

    @Override
    public long count() {
        return vectors.count();
    }

    @Override
    public Set<String> present(Collection<String> ids) {
        return vectors.present(ids);
    }

    @Override
    public List<Passage> nearest(float[] vector, int k, Set<String> sources) {
        return vectors.nearest(vector, k, sources);
    }

    /** What was not flushed is given up. */
    @Override
    public void close() {
        try (vectors) {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("vectors cannot be closed: " + e, e);
        }
    }
}
