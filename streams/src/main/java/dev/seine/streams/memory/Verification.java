package dev.seine.streams.memory;

import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Parsed;
import dev.seine.schemas.Span;
import dev.seine.streams.reward.Match;
import java.util.List;
import java.util.Optional;

/** What a rewritten trajectory must be to be memorized, whoever wrote it: well formed, without a search, and right. */
public final class Verification {
    private Verification() {}

    /** Why it must not be memorized, in a word; empty if it may. */
    public static Optional<String> fault(Dialect dialect, String text, List<String> accepted) {
        Parsed parsed = Markup.parse(dialect, text);
        if (parsed.searches() > 0 || parsed.spans().stream().anyMatch(Span.Documents.class::isInstance)) {
            return Optional.of("searches");
        }
        if (!parsed.wellFormed()) {
            return Optional.of("malformed");
        }
        boolean right = Match.best(parsed.answer().orElse(""), accepted).cem() == 1;
        return right ? Optional.empty() : Optional.of("wrong-answer");
    }
}
