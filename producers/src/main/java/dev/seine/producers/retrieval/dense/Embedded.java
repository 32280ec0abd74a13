package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;

/**
 * A passage with its vector.
 *
 * @param passage the passage; its id names it in a store
 * @param source name of the corpus that it comes from
 * @param vector of length 1
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Embedded(Passage passage, String source, float[] vector) {}
