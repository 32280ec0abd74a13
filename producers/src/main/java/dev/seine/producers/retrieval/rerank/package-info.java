/** Passages put into a better order by a model that reads query and passage together. */
package dev.seine.producers.retrieval.rerank;
