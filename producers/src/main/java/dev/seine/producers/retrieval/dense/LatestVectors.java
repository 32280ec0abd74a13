package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/** The published generation of a folder, and from the moment that another one is published, that one. */
final class LatestVectors implements Vectors {
    private final LuceneVectorStore store;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile long number;
    private LuceneVectors vectors;

    /** Of a store with a published generation. */
    LatestVectors(LuceneVectorStore store) {
        this.store = store;
        this.number = store.number().orElseThrow();
        this.vectors = store.open(number);
    }

    private <T> T latest(Function<Vectors, T> work) {
        follow();
        lock.readLock().lock();
        try {
            return work.apply(vectors);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void follow() {
        long now = store.number().orElseThrow();
        if (now == number) {
            return;
        }
        lock.writeLock().lock();
        try {
            if (now != number) {
                LuceneVectors next = store.open(now);
                next.space().require(vectors.space(), "the newly published generation");
                vectors.close();
                vectors = next;
                number = now;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public VectorSpace space() {
        return latest(Vectors::space);
    }

    @Override
    public long count() {
        return latest(Vectors::count);
    }

    @Override
    public Set<String> present(Collection<String> ids) {
        return latest(newest -> newest.present(ids));
    }

    @Override
    public List<Passage> nearest(float[] vector, int k, Set<String> sources) {
        return latest(newest -> newest.nearest(vector, k, sources));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            vectors.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
