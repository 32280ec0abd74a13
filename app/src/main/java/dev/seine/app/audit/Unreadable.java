package dev.seine.app.audit;

import dev.seine.event.OffsetRange;
import dev.seine.event.Rejection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Records that cannot be decoded. Each must be named by a rejection as soon as somebody whose work it is has read past it: consumer groups
 * tell by their commits how far they are, learners by the sources of their steps. What lies beyond has nobody to reject it yet.
 */
final class Unreadable {
    private final Map<String, Rejection> records = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Long>> next = new HashMap<>();

    void add(Rejection refused) {
        records.put(Audit.place(refused.getTopic(), refused.getPartition(), refused.getOffset()), refused);
    }

    /** Somebody has read all before these offsets, by topic and partition. */
    void read(Map<String, Map<Integer, Long>> offsets) {
        offsets.forEach((topic, partitions) -> partitions.forEach((partition, to) -> read(topic, partition, to)));
    }

    /** A step has consumed these. */
    void read(OffsetRange source) {
        read(source.getTopic(), source.getPartition(), source.getTo());
    }

    private void read(String topic, int partition, long to) {
        next.computeIfAbsent(topic, t -> new HashMap<>()).merge(partition, to, Math::max);
    }

    int count() {
        return records.size();
    }

    /**
     * Breaks for those that were read and that no rejection names.
     *
     * @param rejected places of the rejected records
     * @return how many nobody has read yet
     */
    long judge(Set<String> rejected, Breaks breaks) {
        long unread = 0;
        for (Map.Entry<String, Rejection> bad : records.entrySet()) {
            if (rejected.contains(bad.getKey())) {
                continue;
            }
            if (passed(bad.getValue())) {
                breaks.add(Invariant.UNREPORTED, bad.getKey());
            } else {
                unread++;
            }
        }
        return unread;
    }

    /** Of a topic that nobody says to read, whoever looks is the reader. */
    private boolean passed(Rejection record) {
        Map<Integer, Long> positions = next.get(record.getTopic());
        return positions == null || record.getOffset() < positions.getOrDefault(record.getPartition(), 0L);
    }
}
