package dev.seine.streams.memory;

import java.util.List;

/**
 * A trajectory that recalls.
 *
 * @param text the text after the prompt
 * @param passageIds passages whose facts went into it, in order; only those whose identity is known
 */
public record Rewritten(String text, List<String> passageIds) {
    /** Keeps a copy. */
    public Rewritten {
        passageIds = List.copyOf(passageIds);
    }
}
