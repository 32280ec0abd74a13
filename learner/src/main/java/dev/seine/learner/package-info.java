/**
 * Cold start and reinforcement learning: scored trajectories in, versions of the weights out.
 *
 * <p>{@link dev.seine.learner.Learner} turns the log into steps, {@link dev.seine.learner.Trainer} turns token batches into gradients,
 * {@link dev.seine.learner.Checkpoints} keeps weights, optimizer and offsets together.
 */
@NullMarked
package dev.seine.learner;

import org.jspecify.annotations.NullMarked;
