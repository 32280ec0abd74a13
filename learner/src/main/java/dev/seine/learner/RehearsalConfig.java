package dev.seine.learner;

/**
 * Cold-start demonstrations trained again in each step, so that what they taught is not forgotten.
 *
 * @param batch demonstrations in a step; 0 switches it off
 * @param weight weight of their token mean in the loss
 */
public record RehearsalConfig(int batch, double weight) {
    /** Checks the ranges. */
    public RehearsalConfig {
        Require.atLeast("rehearsal.batch", batch, 0);
        Require.between("rehearsal.weight", weight, 0, 1000);
    }

    /** Off. */
    public static RehearsalConfig defaults() {
        return new RehearsalConfig(0, 0.1);
    }

    boolean on() {
        return weight > 0 && batch > 0;
    }
}
