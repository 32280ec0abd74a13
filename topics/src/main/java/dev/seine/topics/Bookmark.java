package dev.seine.topics;

/**
 * Where a group stands in a partition, and what its member wants the next owner of the partition to know. Brokers keep both as one: the
 * note of a commit replaces the one before it.
 *
 * @param next offset of the record that is read next
 * @param note text of any kind, empty for none; brokers refuse more than 4 KiB ({@code offset.metadata.max.bytes})
 */
public record Bookmark(long next, String note) {
    /** A place without a note. */
    public static Bookmark at(long next) {
        return new Bookmark(next, "");
    }
}
