/** Retrieval by vectors: embedding models, and the stores that keep and search vectors. */
@NullMarked
package dev.seine.producers.retrieval.dense;

import org.jspecify.annotations.NullMarked;
