package dev.seine.learner;

import dev.seine.policy.Precision;

/**
 * How a network is run while it is trained. None of it changes what is computed but for rounding.
 *
 * @param precision of the copies of the weights that the network computes with; weights, gradients and optimizer are float32
 * @param checkpointing whether only each layer's input is kept for the backward pass, in which the layer is computed again: less memory for
 *     more time (arXiv 1604.06174)
 */
public record Computation(Precision precision, boolean checkpointing) {
    /** In float32, with everything kept. */
    public static final Computation PLAIN = new Computation(Precision.FLOAT32, false);
}
