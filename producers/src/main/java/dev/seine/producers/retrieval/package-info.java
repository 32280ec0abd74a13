/** Passages: the corpus, the retrievers, and the service that answers requests from the log. */
@NullMarked
package dev.seine.producers.retrieval;

import org.jspecify.annotations.NullMarked;
