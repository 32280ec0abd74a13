package dev.seine.producers.retrieval;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets the entry used longest ago when it holds more than a bound. */
final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private final int maxEntries;

    Bounded(int maxEntries) {
        super(16, 0.75f, true);
        this.maxEntries = maxEntries;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > maxEntries;
    }
}
