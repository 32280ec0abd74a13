package dev.seine.app.train;

import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * How hard questions are for a policy, by the number of rollouts until the first correct one (R1-Searcher, arXiv 2503.05592).
 *
 * @param easyBelow fewer rollouts than these are easy
 * @param hardAbove more rollouts than these are hard; what lies between is medium
 */
record Difficulty(int easyBelow, int hardAbove) {
    private static final int AT_ONCE = 5;

    /** A class of questions. */
    enum Level {
        EASY,
        MEDIUM,
        HARD;

        /** From easy to hard. */
        static List<Level> all() {
            return List.of(EASY, MEDIUM, HARD);
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks the bounds. */
    Difficulty {
        if (easyBelow < 1 || hardAbove < easyBelow) {
            throw new IllegalArgumentException("easy must end at 1 or more and hard begin no sooner, got easy below "
                    + easyBelow + " and hard above " + hardAbove);
        }
    }

    /** The class of a question that took so many rollouts. */
    Level level(int rollouts) {
        if (rollouts < easyBelow) {
            return Level.EASY;
        }
        return rollouts > hardAbove ? Level.HARD : Level.MEDIUM;
    }

    /**
     * Rollouts until the first correct one, by question; {@code most + 1} where there is none among {@code most}. A question
     * is rolled out no further once it is answered, but for the rest of a handful of {@value #AT_ONCE}.
     *
     * @param done told of rollouts made a question and questions still open
     */
    static Map<String, Integer> count(
            Sampler sampler,
            List<Question> questions,
            double temperature,
            int most,
            BiConsumer<Integer, Integer> done) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        questions.forEach(question -> counts.put(question.getId(), most + 1));
        List<Question> open = new ArrayList<>(questions);
        for (int made = 0; made < most && !open.isEmpty(); made += AT_ONCE) {
            int size = Math.min(AT_ONCE, most - made);
            int epoch = made / AT_ONCE;
            List<Question> round = open.stream()
                    .map(question -> Question.newBuilder(question)
                            .setGroupSize(size)
                            .setEpoch(epoch)
                            .build())
                    .toList();
            for (ScoredTrajectory rollout : sampler.sample(round, temperature)) {
                if (rollout.getCorrect() && rollout.getViolations().isEmpty()) {
                    int number = made + rollout.getTrajectory().getRolloutIndex() + 1;
                    counts.merge(rollout.getTrajectory().getQuestionId(), number, Math::min);
                }
            }
            open.removeIf(question -> counts.getOrDefault(question.getId(), most + 1) <= most);
            done.accept(made + size, open.size());
        }
        return counts;
    }

    /**
     * How many of each class to take.
     *
     * @param available of each class
     * @param ratio wanted of each class
     * @param size of the mix; 0 for the largest that keeps the ratio
     * @throws IllegalArgumentException if a class that is wanted has too few
     */
    static Map<Level, Integer> mix(Map<Level, Integer> available, Map<Level, Double> ratio, int size) {
        double sum = ratio.values().stream().mapToDouble(Double::doubleValue).sum();
        double largest = ratio.entrySet().stream()
                .filter(share -> share.getValue() > 0)
                .mapToDouble(share -> available.getOrDefault(share.getKey(), 0) * sum / share.getValue())
                .min()
                .orElse(0);
        Map<Level, Integer> mix = new LinkedHashMap<>();
        for (Level level : Level.all()) {
            double share = ratio.getOrDefault(level, 0.0) / sum;
            int wanted = (int) Math.round((size == 0 ? Math.floor(largest) : size) * share);
            int there = available.getOrDefault(level, 0);
            if (wanted > there || (share > 0 && there == 0)) {
                throw new IllegalArgumentException("the mix wants " + Math.max(1, wanted) + " " + level.id()
                        + " questions, there are " + there + " (by class: " + available + ")");
            }
            mix.put(level, wanted);
        }
        return mix;
    }

    /** So many of a list, drawn by the seed, in the list's order. */
    static <T> List<T> draw(List<T> all, int count, long seed) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        return order.stream().limit(count).sorted().map(all::get).toList();
    }
}
