package dev.seine.producers.generator;

import dev.seine.topics.Trace;

/** Where a question was read, partition and offset or place in a list, and the trace that it belongs to. */
record Origin(int partition, long offset, Trace trace) {
    /** A question that belongs to no trace. */
    Origin(int partition, long offset) {
        this(partition, offset, Trace.NONE);
    }
}
