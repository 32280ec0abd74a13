/** questions, rollouts and retrieval. */
@NullMarked
package dev.seine.producers;

import org.jspecify.annotations.NullMarked;
