package dev.seine.app.audit;

/** Says of every rollout of the books whether it is trained, skipped, in flight or lost, and of every group whether it should have closed. */
final class Verdicts {
    private final Breaks breaks;
    private final long newestMs;
    private final long lastPlanMs;
    private final long graceMs;
    private final long frontier;
    private long produced;
    private long refused;
    private long late;
    private long inFlight;
    private long notWritten;

    Verdicts(RolloutBooks rollouts, long lastPlanMs, long graceMs, Breaks breaks) {
        this.breaks = breaks;
        this.newestMs = rollouts.newestMs();
        this.lastPlanMs = lastPlanMs;
        this.graceMs = graceMs;
        this.frontier = rollouts.groups().stream()
                .filter(g -> g.count(GroupBook.TRAINED | GroupBook.SKIPPED) > 0)
                .mapToLong(g -> g.seq)
                .max()
                .orElse(-1);
        rollouts.groups().forEach(this::judge);
    }

    long produced() {
        return produced;
    }

    /** Trajectories that the topology refused, each with its rejection. */
    long refused() {
        return refused;
    }

    /** Trajectories that came after their group had closed. */
    long late() {
        return late;
    }

    long inFlight() {
        return inFlight;
    }

    /** Rollouts asked for that are not due yet. */
    long notWritten() {
        return notWritten;
    }

    private void judge(GroupBook group) {
        boolean overdue = !group.closed && group.producedMs >= 0 && newestMs - group.producedMs > graceMs;
        if (overdue) {
            breaks.add(
                    Invariant.NEVER_CLOSED,
                    group.id() + " has " + group.count(GroupBook.PRODUCED) + " of " + group.size
                            + " trajectories and no score");
        }
        for (int index = 0; index < group.rollouts(); index++) {
            if (group.is(index, GroupBook.PRODUCED)) {
                produced++;
                written(group, index);
            } else if (group.is(index, GroupBook.REFUSED)) {
                refused++;
            } else if (due(group, overdue)) {
                breaks.add(Invariant.LOST, group.rollout(index) + " has no trajectory, and its group is past");
            } else {
                notWritten++;
            }
        }
    }

    private void written(GroupBook group, int index) {
        if (group.is(index, GroupBook.TRAINED) || group.is(index, GroupBook.SKIPPED)) {
            return;
        }
        if (!group.is(index, GroupBook.SCORED)) {
            if (group.closed) {
                late++;
            } else {
                inFlight++;
            }
        } else if (group.seq >= 0 && group.seq < frontier && lastPlanMs - group.scoredMs > graceMs) {
            breaks.add(Invariant.LOST, group.rollout(index) + " was scored, and no step took it");
        } else {
            inFlight++;
        }
    }

    /** Nothing can still come of a rollout whose group has closed, or should have, or which training has passed, some time ago. */
    private boolean due(GroupBook group, boolean overdue) {
        boolean closed = group.closed && newestMs - group.scoredMs > graceMs;
        boolean passed = !group.closed
                && group.producedMs < 0
                && group.seq >= 0
                && group.seq < frontier
                && group.askedMs >= 0
                && newestMs - group.askedMs > graceMs;
        return overdue || closed || passed;
    }
}
