package dev.seine.streams.reward;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.seine.event.FinishReason;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group of texts with the rewards that they must get, computed by hand: how a recipe, or a reward rule of one's own, is tested without a
 * topology. Files hold a JSON array of these.
 *
 * @param name what the example shows
 * @param answers accepted answers
 * @param fewest fewest searches with which the question was answered before; null if it never was
 * @param rollouts the group, in the order of the rollout index
 */
public record WorkedExample(String name, List<String> answers, @Nullable Integer fewest, List<Expected> rollouts) {
    private static final double ROUNDING = 1e-9;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * One rollout.
     *
     * @param text what follows the prompt
     * @param searches searches that were made; counted in the text if null
     * @param rewards what it must get, by part ({@code format}, {@code answer}, {@code group}, {@code memory}, a rule's name, {@code total},
     *     {@code advantage}); a number or a fraction such as {@code 4/3}. Parts that are not named are not looked at
     */
    public record Expected(
            @JsonProperty(required = true) String text,
            @Nullable Integer searches,
            @JsonProperty(required = true) Map<String, String> rewards) {}

    /** Checks that there is something to check. */
    public WorkedExample {
        if (answers == null || answers.isEmpty() || rollouts == null || rollouts.isEmpty()) {
            throw new IllegalArgumentException("worked example '" + name + "' needs answers and rollouts");
        }
        answers = List.copyOf(answers);
        rollouts = List.copyOf(rollouts);
    }

    /**
     * Reads a file's examples.
     *
     * @throws IOException if it is no JSON array of examples
     */
    public static List<WorkedExample> read(InputStream json) throws IOException {
        return List.of(JSON.readValue(json, WorkedExample[].class));
    }

    /** Where the rewards differ from those expected: example, rollout, part, expected and got. Empty if all agree. */
    public List<String> differences(RewardConfig config) {
        List<Trajectory> group = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            group.add(trajectory(i, Dialect.of(config.dialect())));
        }
        OptionalInt before = fewest == null ? OptionalInt.empty() : OptionalInt.of(fewest);
        List<ScoredTrajectory> scored = Scoring.score(group, before, config).scored();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            Map<String, Double> got = parts(scored.get(i));
            String place = name + ", rollout " + i;
            rollouts.get(i).rewards().forEach((part, expected) -> difference(part, expected, got)
                    .ifPresent(difference -> differences.add(place + ": " + difference)));
        }
        return List.copyOf(differences);
    }

    private static Optional<String> difference(String part, String expected, Map<String, Double> got) {
        if (!got.containsKey(part)) {
            return Optional.of("no part '" + part + "', there are " + got.keySet());
        }
        return Math.abs(got.get(part) - number(expected)) <= ROUNDING
                ? Optional.empty()
                : Optional.of(part + " must be " + expected + ", got " + got.get(part));
    }

    private static Map<String, Double> parts(ScoredTrajectory scored) {
        Rewards rewards = scored.getRewards();
        Map<String, Double> parts = new TreeMap<>(rewards.getOther());
        parts.put("format", rewards.getFormat());
        parts.put("answer", rewards.getAnswer());
        parts.put("group", rewards.getGroup());
        parts.put("memory", rewards.getMemory());
        parts.put("total", rewards.getTotal());
        parts.put("advantage", scored.getAdvantage());
        return parts;
    }

    private static double number(String text) {
        String[] fraction = text.split("/", 2);
        double numerator = Double.parseDouble(fraction[0].strip());
        return fraction.length == 1 ? numerator : numerator / Double.parseDouble(fraction[1].strip());
    }

    private Trajectory trajectory(int index, Dialect dialect) {
        Expected expected = rollouts.get(index);
        int counted = Markup.parse(dialect, expected.text()).searches();
        return Trajectory.newBuilder()
                .setRolloutId("example@0#" + index)
                .setGroupId("example@0")
                .setGroupSize(rollouts.size())
                .setRolloutIndex(index)
                .setQuestionId("example")
                .setQuestion(name)
                .setAnswers(answers)
                .setSource("worked example")
                .setSeq(0)
                .setDialect(dialect.id())
                .setPrompt("")
                .setText(expected.text())
                .setSearches(expected.searches() == null ? counted : expected.searches())
                .setFinish(FinishReason.EXTERNAL)
                .setPolicy("worked example")
                .setAtMs(0)
                .build();
    }
}
