package dev.seine.app.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Closed-book accuracy over single facts of one class.
 *
 * @param factClass for example facts that were retrieved in training
 * @param accuracy share recalled without a search, 0 to 1
 */
public record Recall(String factClass, int questions, double accuracy) {
    /** Class of the facts that the cold start taught: where these fall, reinforcement learning makes the policy forget. */
    public static final String COLD_START = "recalled in the cold start";

    /** Accuracy on a class; empty if it was not asked. */
    static OptionalDouble accuracy(List<Recall> recalls, String factClass) {
        return recalls.stream()
                .filter(recall -> recall.factClass().equals(factClass))
                .mapToDouble(Recall::accuracy)
                .findFirst();
    }
}
