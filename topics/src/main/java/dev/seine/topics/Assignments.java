package dev.seine.topics;

import java.util.Set;

/** Told, within {@link EventConsumer#poll}, which partitions of its topic a group's member gains and loses. */
public interface Assignments {
    /** For who keeps nothing by partition. */
    Assignments IGNORED = new Assignments() {
        @Override
        public void revoked(Set<Integer> partitions) {}

        @Override
        public void assigned(Set<Integer> partitions) {}
    };

    /** These partitions are no longer this member's; offsets can still be committed unless the member was cut off. */
    void revoked(Set<Integer> partitions);

    /** These partitions are now this member's, in addition to those it has. */
    void assigned(Set<Integer> partitions);
}
