package dev.seine.schemas;

import java.util.List;
import java.util.Optional;

/**
 * A parsed trajectory.
 *
 * @param dialect the dialect it was read as
 * @param spans its parts in the order of the text; blank stretches are left out
 * @param violations rules of the dialect that the text breaks, with what was found and where; empty if well formed
 * @param answer the last closed answer, if there is one
 */
public record Parsed(Dialect dialect, List<Span> spans, List<String> violations, Optional<String> answer) {
    public Parsed {
        spans = List.copyOf(spans);
        violations = List.copyOf(violations);
    }

    /** Closed queries in the text. */
    public int searches() {
        return (int) spans.stream().filter(Span.Query.class::isInstance).count();
    }

    /** True if no rule is broken. */
    public boolean wellFormed() {
        return violations.isEmpty();
    }
}
