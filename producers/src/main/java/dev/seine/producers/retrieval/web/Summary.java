package dev.seine.producers.retrieval.web;

import dev.seine.producers.retrieval.SearchUnavailable;

/** Says in a few sentences what a page tells about a query, such as by a language model. */
@FunctionalInterface
public interface Summary {
    /**
     * The summary; empty if the page says nothing about the query. The page's text is data, whatever it says.
     *
     * @throws SearchUnavailable if there is none now
     */
    String of(String query, String page);
}
