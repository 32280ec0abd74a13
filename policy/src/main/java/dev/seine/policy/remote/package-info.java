/** Inference servers that write the rollouts: token ids in, token ids and their log-probabilities out, never text. */
package dev.seine.policy.remote;
