package dev.seine.learner;

/** Checks of configuration values; a message names the setting, the rule and the value. */
final class Require {
    private Require() {}

    static void atLeast(String name, long value, long least) {
        that(value >= least, name, "at least " + least, value);
    }

    static void above(String name, double value, double bound) {
        that(value > bound && Double.isFinite(value), name, "above " + bound, value);
    }

    static void between(String name, double value, double from, double to) {
        that(value >= from && value <= to, name, "between " + from + " and " + to, value);
    }

    static void that(boolean holds, String name, String rule, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + rule + ", got " + got);
        }
    }
}
