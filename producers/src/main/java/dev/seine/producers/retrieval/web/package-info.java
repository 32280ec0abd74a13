/** Retrieval from the web: a search engine's JSON API, and pages fetched within bounds. */
package dev.seine.producers.retrieval.web;
