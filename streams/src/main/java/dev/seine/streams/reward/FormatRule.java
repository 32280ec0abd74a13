package dev.seine.streams.reward;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which texts are well formed, and what they answer. */
public enum FormatRule {
    /** The dialect's grammar, strictly. */
    MARKUP("markup") {
        @Override
        Optional<String> answer(Rollout rollout) {
            return rollout.parsed().answer();
        }

        @Override
        List<String> violations(Rollout rollout, RewardConfig config) {
            return MarkupFormat.violations(rollout, config);
        }
    },
    /** The rule by which R1-Searcher trained its stage 2. */
    STAGE_2("stage-2") {
        @Override
        Optional<String> answer(Rollout rollout) {
            return StageTwoFormat.answer(rollout.trajectory().getText());
        }

        @Override
        List<String> violations(Rollout rollout, RewardConfig config) {
            return StageTwoFormat.violations(rollout.trajectory().getText(), config.maxAnswerWords());
        }
    };

    private final String id;

    FormatRule(String id) {
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
    public static FormatRule of(String id) {
        return Arrays.stream(values())
                .filter(rule -> rule.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("reward.format-rule must be one of "
                        + Arrays.stream(values()).map(FormatRule::id).collect(Collectors.joining(", ")) + ", got '"
                        + id + "'"));
    }

    abstract Optional<String> answer(Rollout rollout);

    abstract List<String> violations(Rollout rollout, RewardConfig config);
}
