package dev.seine.app.audit;

/** What must hold over the log of a run; each has a number of breaks, which is 0 where it holds. */
public enum Invariant {
    /** A rollout that was due has no trajectory, or a trajectory that was due has no score or no step. */
    LOST("lost"),
    /** A rollout is in the batches of two steps of the weights' lineage. */
    TRAINED_TWICE("trained twice"),
    /** A turn of a rollout stands in the log with two different texts: what was finished was sampled again. */
    GENERATED_AGAIN("finished segments generated again"),
    /** A group has trajectories and no scores, long after its deadline. */
    NEVER_CLOSED("groups never closed"),
    /** A rollout was scored twice, or scored or trained without a trajectory, or changed on the way. */
    SCORED_WRONG("scored twice or without a trajectory"),
    /** A step is missing between two others, or was applied with two different batches. */
    STEP_GAPS("gaps and forks in the steps"),
    /** Tokens, mask, log-probabilities and segments of a scored trajectory disagree. */
    MISMATCHED("token, mask and log-probability mismatches"),
    /** A version of the weights does not come from the one before, or its file is not what was announced. */
    WEIGHTS("breaks in the lineage of the weights"),
    /** A record cannot be decoded, its readers have come past it, and no rejection names it. */
    UNREPORTED("unreadable records without a rejection");

    private final String label;

    Invariant(String label) {
        this.label = label;
    }

    /** As it is printed: {@code 0 lost}. */
    public String label() {
        return label;
    }
}
