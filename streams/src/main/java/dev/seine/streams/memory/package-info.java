/** Memorization: a searched trajectory rewritten as one that recalls. */
@NullMarked
package dev.seine.streams.memory;

import org.jspecify.annotations.NullMarked;
