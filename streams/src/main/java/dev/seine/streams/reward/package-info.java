/** Rewards: pure functions of a closed group, the question's memory and the configuration. */
package dev.seine.streams.reward;
