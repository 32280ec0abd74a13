package dev.seine.producers.generator;

/** Where a question was read: partition and offset, or place in a list. */
record Origin(int partition, long offset) {}
