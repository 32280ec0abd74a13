package dev.seine.streams.reward;

import java.util.List;
import java.util.Map;

/**
 * What can be said of a rollout without its group.
 *
 * @param answer the answer; empty if there is none
 * @param format reward of the format
 * @param reward reward of the answer
 * @param correct true if the answer rule counts it as correct
 * @param other further parts by name
 */
record Judgement(
        Rollout rollout,
        String answer,
        Match match,
        List<String> violations,
        double format,
        double reward,
        boolean correct,
        Map<String, Double> other) {

    int searches() {
        return rollout.trajectory().getSearches();
    }

    /** Only these take part in the group and memory rewards. */
    boolean succeeded() {
        return correct && violations.isEmpty();
    }
}
