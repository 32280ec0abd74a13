/** Memorization: a searched trajectory rewritten as one that recalls. */
package dev.seine.streams.memory;
