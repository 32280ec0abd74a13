package dev.seine.app.train;

import dev.seine.app.report.Graded.Verdict;
import java.util.List;

/** Says whether an answer means what an accepted one means. Safe for use by several threads. */
interface Judge {
    /** Asks nobody. */
    Judge NOBODY = (question, accepted, answer) -> Verdict.NONE;

    /** The verdict; a judge that fails says how, it does not throw. */
    Verdict judge(String question, List<String> accepted, String answer);
}
