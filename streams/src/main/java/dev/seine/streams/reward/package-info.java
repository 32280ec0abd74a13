/** Rewards: pure functions of a closed group, the question's memory and the configuration. */
@NullMarked
package dev.seine.streams.reward;

import org.jspecify.annotations.NullMarked;
