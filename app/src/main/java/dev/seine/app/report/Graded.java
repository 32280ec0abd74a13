package dev.seine.app.report;

/**
 * One answer and what it is worth.
 *
 * @param em exact match, {@code cem} cover exact match, 0 or 1; {@code f1} token F1, 0 to 1
 * @param judge what a judge says; {@link Verdict#NONE} if none was asked
 */
public record Graded(
        String dataset,
        String id,
        int hops,
        double em,
        double cem,
        double f1,
        int searches,
        boolean wellFormed,
        Verdict judge) {

    /** A judge's word on an answer. A judge that fails says nothing, which is not the same as wrong. */
    public enum Verdict {
        NONE,
        RIGHT,
        WRONG,
        TIMED_OUT,
        FAILED,
        UNREADABLE;

        /** Whether the judge said something. */
        public boolean given() {
            return this == RIGHT || this == WRONG;
        }
    }
}
