package dev.seine.learner;

import java.util.List;

/**
 * A group that a step has used up; kept while its records may be read again.
 *
 * @param id group id
 * @param partition where its records lie
 * @param lastOffset of the last record used
 * @param partial rollouts used of a group that was not complete; empty for a complete one, of which every further record is a repetition
 */
public record Consumed(String id, int partition, long lastOffset, List<String> partial) {
    /** Copies the list. */
    public Consumed {
        partial = List.copyOf(partial);
    }
}
