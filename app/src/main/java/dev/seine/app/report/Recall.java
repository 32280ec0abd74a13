package dev.seine.app.report;

/**
 * Closed-book accuracy over single facts of one class.
 *
 * @param factClass for example facts that were retrieved in training
 * @param accuracy share recalled without a search, 0 to 1
 */
public record Recall(String factClass, int questions, double accuracy) {}
