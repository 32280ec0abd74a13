package dev.seine.serving.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A bucket of tokens for each key: full at {@code burst}, filled at an even rate, one taken by each request. Safe for use by many threads. */
final class RateLimit {
    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int MOST_BUCKETS = 10_000;

    private static final class Bucket {
        double tokens;
        long at;
    }

    private final int perMinute;
    private final int burst;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MOST_BUCKETS;
        }
    };

    /**
     * A limit.
     *
     * @param perMinute 0 is none
     */
    RateLimit(int perMinute, int burst, LongSupplier nanos) {
        this.perMinute = perMinute;
        this.burst = burst;
        this.nanos = nanos;
    }

    /** Takes a token; returns 0 if there was one, else the seconds until there is, at least 1. */
    synchronized long take(String key) {
        if (perMinute == 0) {
            return 0;
        }
        long now = nanos.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(key, k -> {
            Bucket full = new Bucket();
            full.tokens = burst;
            full.at = now;
            return full;
        });
        bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * (perMinute / NANOS_PER_MINUTE));
        bucket.at = now;
        if (bucket.tokens >= 1) {
            bucket.tokens--;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - bucket.tokens) * 60 / perMinute));
    }
}
