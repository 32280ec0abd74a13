package dev.seine.streams.reward;

import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Parsed;
import dev.seine.schemas.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * The grammar's own violations, and those that only the trajectory's record can show: text alone does not tell a
 * documents block that was inserted from one that the policy wrote.
 */
final class MarkupFormat {
    private MarkupFormat() {}

    static List<String> violations(Rollout rollout, RewardConfig config) {
        Parsed parsed = rollout.parsed();
        Trajectory trajectory = rollout.trajectory();
        List<String> violations = new ArrayList<>(parsed.violations());
        long written =
                parsed.spans().stream().filter(Span.Documents.class::isInstance).count();
        // A segment without tokens records a search after which nothing was shown.
        long inserted = trajectory.getSegments().stream()
                .filter(segment -> segment.getKind() == SegmentKind.DOCUMENTS)
                .filter(segment -> segment.getEnd() > segment.getStart())
                .count();
        if (!trajectory.getSegments().isEmpty() && written != inserted) {
            violations.add("expected " + inserted + " documents blocks, as many as were inserted, got " + written);
        }
        int searches = Math.max(parsed.searches(), trajectory.getSearches());
        if (searches > config.maxSearches()) {
            violations.add("expected at most " + config.maxSearches() + " searches, got " + searches);
        }
        return violations;
    }
}
