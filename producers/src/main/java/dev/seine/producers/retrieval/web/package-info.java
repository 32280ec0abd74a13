/** Retrieval from the web: a search engine's JSON API, and pages fetched within bounds. */
@NullMarked
package dev.seine.producers.retrieval.web;

import org.jspecify.annotations.NullMarked;
