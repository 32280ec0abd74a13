package dev.seine.producers.retrieval.web;

import dev.seine.producers.retrieval.JsonServer;
import java.time.Duration;
import java.util.List;

/**
 * How the web is searched. A key for the search API is no part of this.
 *
 * @param url of the search API, such as {@code http://127.0.0.1:8888/search}; empty searches no web
 * @param queryParameter name of the parameter that carries the query
 * @param parameters of every request, such as {@code format=json}
 * @param header that carries the key, if there is one
 * @param results name of the JSON array of results; dots lead into objects
 * @param link field of a result with its address
 * @param title field of a result with its title
 * @param snippet field of a result with a text about it
 * @param pages whether pages are fetched; else their snippets are the passages
 * @param privateAddresses whether pages may be fetched from private networks and this machine
 * @param maxPageBytes most of a page that is read, unpacked
 * @param timeout of one request, its body and redirects included
 * @param concurrency pages fetched at once
 */
public record WebConfig(
        String url,
        String queryParameter,
        List<String> parameters,
        String header,
        String results,
        String link,
        String title,
        String snippet,
        boolean pages,
        boolean privateAddresses,
        int maxPageBytes,
        Duration timeout,
        int concurrency) {
    /** Checks the ranges. */
    public WebConfig {
        require(url.isEmpty() || JsonServer.isAddress(url), "url", "an http or https address", "'" + url + "'");
        require(!queryParameter.isBlank(), "query-parameter", "a name", "'" + queryParameter + "'");
        require(parameters.stream().allMatch(p -> p.indexOf('=') > 0), "parameters", "written name=value", parameters);
        require(maxPageBytes >= 1, "max-page-bytes", "at least 1", maxPageBytes);
        require(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
        require(concurrency >= 1, "concurrency", "at least 1", concurrency);
        parameters = List.copyOf(parameters);
    }

    private static void require(boolean holds, String key, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("retrieve.web." + key + " must be " + expected + ", got " + got);
        }
    }
}
