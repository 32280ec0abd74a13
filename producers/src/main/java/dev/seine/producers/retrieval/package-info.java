/** Passages: the corpus, the retrievers, and the service that answers requests from the log. */
package dev.seine.producers.retrieval;
