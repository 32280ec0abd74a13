package dev.seine.producers.retrieval.web;

import net.dankito.readability4j.Readability4J;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;

/**
 * What a page has to say, without menus, advertisements and markup, as Mozilla's Readability finds it.
 *
 * @param title of the page; may be empty
 * @param text plain; may be empty
 */
record Article(String title, String text) {
    /** Deepest nesting of tags that is kept: what goes on deeper is a trap, and the search for the article would take long. */
    private static final int MAX_DEPTH = 100;

    /** Reads a page. Where no article is found, all of its visible text is taken. */
    static Article of(Pages.Page page) {
        Document document =
                Jsoup.parse(page.html(), page.url(), Parser.htmlParser().setMaxDepth(MAX_DEPTH));
        String title = document.title().strip();
        String whole = document.text();
        // The library takes the document apart.
        net.dankito.readability4j.Article found = new Readability4J(page.url(), document).parse();
        String text = found.getTextContent() == null ? "" : found.getTextContent();
        return new Article(
                title, (text.isBlank() ? whole : text).replaceAll("\\s+", " ").strip());
    }
}
