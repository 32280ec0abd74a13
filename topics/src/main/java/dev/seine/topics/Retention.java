package dev.seine.topics;

import java.util.Map;

/** How long the records of a topic are kept. */
public enum Retention {
    /** Seven days: what is only needed while a run is under way. */
    DAYS("delete", 7L * 24 * 3600 * 1000),
    /** For good, until somebody decides otherwise: what replay needs. */
    LONG("delete", -1),
    /** The latest record of each key. */
    COMPACTED("compact", -1);

    private final String policy;
    private final long ms;

    Retention(String policy, long ms) {
        this.policy = policy;
        this.ms = ms;
    }

    /** The topic's settings in Kafka's names. */
    Map<String, String> settings() {
        return Map.of("cleanup.policy", policy, "retention.ms", Long.toString(ms));
    }
}
