package dev.seine.streams.reward;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What an answer is worth, and whether it counts as correct. */
public enum AnswerRule {
    /** R1-Searcher++: 1 if the answer covers an accepted one and is short enough, else 0. */
    COVER_MATCH("cover-match-10") {
        @Override
        double reward(Match match, String answer, RewardConfig config) {
            return correct(match, answer, config) ? 1 : 0;
        }

        @Override
        boolean correct(Match match, String answer, RewardConfig config) {
            return match.cem() == 1 && Words.count(answer) <= config.maxAnswerWords();
        }
    },
    /** R1-Searcher, stage 2: token F1; correct if the answer covers an accepted one. */
    TOKEN_F1("f1") {
        @Override
        double reward(Match match, String answer, RewardConfig config) {
            return match.f1();
        }
    },
    /** R1-Searcher, stage 1 (Llama): 1 if the answer covers an accepted one, else -1. */
    STAGE_1("stage-1") {
        @Override
        double reward(Match match, String answer, RewardConfig config) {
            return match.cem() == 1 ? 1 : -1;
        }
    };

    private final String id;

    AnswerRule(String id) {
        this.id = id;
    }

    /** Name in the configuration. */
    public String id() {
        return id;
    }

    /**
     * The rule with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AnswerRule of(String id) {
        return Arrays.stream(values())
                .filter(rule -> rule.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("reward.answer-rule must be one of "
                        + Arrays.stream(values()).map(AnswerRule::id).collect(Collectors.joining(", ")) + ", got '"
                        + id + "'"));
    }

    abstract double reward(Match match, String answer, RewardConfig config);

    boolean correct(Match match, String answer, RewardConfig config) {
        return match.cem() == 1;
    }
}
