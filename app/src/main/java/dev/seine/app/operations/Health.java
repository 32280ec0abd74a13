package dev.seine.app.operations;

import dev.seine.app.Loop;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Whether a process lives and whether it works. It lives unless a role has been in one turn for so long that only a restart can help; a broker
 * or search backend that is away is no reason. It works while every role has what it needs, and no more once it was told to stop. Safe for
 * use by many threads.
 */
final class Health {
    /** Longer than any turn should take: a learner's step, or a commit during an outage of the brokers. */
    static final Duration HUNG = Duration.ofMinutes(15);

    private volatile Check live = Check.PASSED;
    private volatile Check ready = new Check(() -> false, "starting");
    private volatile BooleanSupplier stopping = () -> false;

    /** Something that must hold, and what is the matter if it does not. */
    private record Check(BooleanSupplier holds, String otherwise) {
        static final Check PASSED = new Check(() -> true, "");
    }

    /**
     * An answer.
     *
     * @param reason what is the matter; empty if nothing is
     */
    record Answer(boolean passed, String reason) {}

    void watch(Loop loop, BooleanSupplier told) {
        stopping = told;
        live = new Check(() -> loop.longestTurn().compareTo(HUNG) < 0, "a role hangs");
        ready = new Check(loop::ready, "a role has failed or lacks what it needs");
    }

    void serving(BooleanSupplier told) {
        stopping = told;
        ready = Check.PASSED;
    }

    Answer live() {
        return answer(live);
    }

    Answer ready() {
        return stopping.getAsBoolean() ? new Answer(false, "stopping") : answer(ready);
    }

    private static Answer answer(Check check) {
        boolean passed = check.holds().getAsBoolean();
        return new Answer(passed, passed ? "" : check.otherwise());
    }
}
