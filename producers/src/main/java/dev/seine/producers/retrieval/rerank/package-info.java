/** Passages put into a better order by a model that reads query and passage together. */
@NullMarked
package dev.seine.producers.retrieval.rerank;

import org.jspecify.annotations.NullMarked;
