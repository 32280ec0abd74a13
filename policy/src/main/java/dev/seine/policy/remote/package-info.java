/** Inference servers that write the rollouts: token ids in, token ids and their log-probabilities out, never text. */
@NullMarked
package dev.seine.policy.remote;

import org.jspecify.annotations.NullMarked;
