package dev.seine.streams.memory;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Parsed;
import dev.seine.schemas.Span;
import dev.seine.streams.reward.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts in the place of each search the passage that led on: the one that shares most content words with the query and
 * with what was written until the next documents; the better ranked of equals. Searches without such a passage are
 * dropped, and a fact is recalled once. Only for well-formed trajectories in dialects that have a recall.
 */
public final class RuleBasedRewriter implements Rewriter {
    @Override
    public String name() {
        return "rule-based";
    }

    @Override
    public Optional<Rewritten> rewrite(ScoredTrajectory scored) {
        Trajectory trajectory = scored.getTrajectory();
        Dialect dialect = Dialect.of(trajectory.getDialect());
        Parsed parsed = Markup.parse(dialect, trajectory.getText());
        if (dialect.internalOpen().isEmpty() || !parsed.wellFormed()) {
            return Optional.empty();
        }
        List<String> passageIds = new ArrayList<>();
        List<Span> recalled = recall(parsed.spans(), new Facts(trajectory), passageIds);
        String text = Markup.render(dialect, recalled);
        return Optional.of(new Rewritten(text, passageIds));
    }

    private static List<Span> recall(List<Span> spans, Facts facts, Collection<String> passageIds) {
        List<Span> out = new ArrayList<>();
        // By words: a recall that was detokenised has other white space than the passage it repeats.
        Set<List<String>> said = new HashSet<>();
        int block = 0;
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            if (span instanceof Span.Documents) {
                Optional<Fact> fact = best(facts.of(block++, span.text()), clues(spans, i));
                fact.filter(found -> said.add(Words.of(found.text()))).ifPresent(found -> {
                    out.add(new Span.Internal(found.text(), 0, 0));
                    found.passageId().ifPresent(passageIds::add);
                });
            } else if (span instanceof Span.Internal) {
                if (said.add(Words.of(span.text()))) {
                    out.add(span);
                }
            } else if (!(span instanceof Span.Query)) {
                out.add(span);
            }
        }
        return out;
    }

    /** Words of the block's query and of all that follows until the next documents. */
    private static Set<String> clues(List<Span> spans, int documents) {
        Set<String> words = ContentWords.of(spans.get(documents - 1).text());
        for (int i = documents + 1; i < spans.size() && !(spans.get(i) instanceof Span.Documents); i++) {
            words.addAll(ContentWords.of(spans.get(i).text()));
        }
        return words;
    }

    private static Optional<Fact> best(List<Fact> facts, Set<String> clues) {
        Fact best = null;
        int most = 0;
        for (Fact fact : facts) {
            Set<String> shared = ContentWords.of(fact.title() + " " + fact.text());
            shared.retainAll(clues);
            if (shared.size() > most && !fact.text().isEmpty()) {
                most = shared.size();
                best = fact;
            }
        }
        return Optional.ofNullable(best);
    }
}
