/** Retrieval by vectors: embedding models, and the stores that keep and search vectors. */
package dev.seine.producers.retrieval.dense;
