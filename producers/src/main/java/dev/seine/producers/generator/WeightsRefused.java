package dev.seine.producers.generator;

/** Weights that do not belong to this policy or lie where they must not: nothing that waiting would mend. */
public final class WeightsRefused extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    WeightsRefused(String message) {
        super(message);
    }
}
