package dev.seine.streams.reward;

/**
 * Which rewards hold for which question: one configuration up to a place of the training order, another from there on. R1-Searcher
 * (arXiv 2503.05592) first rewards searching, then answering. A group's rewards depend on its question's place alone, so the same log
 * always gives the same bytes, however often and wherever it is scored; each event carries the checksum of its own configuration.
 *
 * @param first rewards of the questions with seq below {@code firstQuestions}
 * @param firstQuestions how many those are; 0 for none
 * @param rest rewards of all others, and of questions outside training
 */
public record RewardSchedule(RewardConfig first, long firstQuestions, RewardConfig rest) {
    /** Checks that both read the same trajectories. */
    public RewardSchedule {
        if (firstQuestions < 0) {
            throw new IllegalArgumentException("stage-one.steps must be at least 0, got " + firstQuestions);
        }
        if (firstQuestions > 0 && !first.dialect().equals(rest.dialect())) {
            throw new IllegalArgumentException("stage-one.reward.dialect must be '" + rest.dialect()
                    + "' as in [reward], got '" + first.dialect() + "'");
        }
    }

    /** The same rewards for all questions. */
    public static RewardSchedule always(RewardConfig rewards) {
        return new RewardSchedule(rewards, 0, rewards);
    }

    /** Whether the question at this place of the training order belongs to the first stage; -1 has no place. */
    public boolean inFirst(long seq) {
        return seq >= 0 && seq < firstQuestions;
    }
}
