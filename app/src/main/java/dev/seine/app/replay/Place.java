package dev.seine.app.replay;

/**
 * A record in the log.
 *
 * @param label what it is of its kind: a request id, a phase, a checksum
 * @param number turn, step or version; -1 if it has none
 */
public record Place(String topic, int partition, long offset, long atMs, String label, long number) {
    /** As it is printed: {@code topic-partition@offset}. */
    public String at() {
        return topic + "-" + partition + "@" + offset;
    }
}
