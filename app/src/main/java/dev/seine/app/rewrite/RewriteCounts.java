package dev.seine.app.rewrite;

import java.util.Map;
import java.util.TreeMap;

/** What has become of the trajectories that were to be rewritten. Safe for use by many threads. */
public final class RewriteCounts {
    private long written;
    private long failed;
    private final Map<String, Long> refused = new TreeMap<>();

    /**
     * The counts at one moment: asked for = written + failed + refused.
     *
     * @param written memory samples written
     * @param failed requests without a usable reply
     * @param refused replies that did not pass the verification, by reason
     */
    public record Counts(long written, long failed, Map<String, Long> refused) {}

    /** The counts now. */
    public synchronized Counts counts() {
        return new Counts(written, failed, Map.copyOf(refused));
    }

    synchronized void written() {
        written++;
    }

    synchronized void failed() {
        failed++;
    }

    synchronized void refused(String reason) {
        refused.merge(reason, 1L, Long::sum);
    }
}
