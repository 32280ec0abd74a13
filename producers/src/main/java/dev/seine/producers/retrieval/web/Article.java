package dev.seine.producers.retrieval.web;

import net.dankito.readability4j.Readability4J;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * What a page has to say, without menus, advertisements and markup, as Mozilla's Readability finds it.
 *
 * @param title of the page; may be empty
 * @param text plain; may be empty
 */
record Article(String title, String text) {
    /** Pages that are deeper or larger would take the search for the article seconds; they are seldom articles. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_ELEMENTS = 10_000;

    /** Reads a page. Where no article is found, or looking for one would take long, all of its visible text is taken. */
    static Article of(Pages.Page page) {
        Document document = Jsoup.parse(page.html(), page.url());
        String title = document.title().strip();
        String whole = document.text();
        String text = readable(document) ? found(page.url(), document) : "";
        return new Article(
                title, (text.isBlank() ? whole : text).replaceAll("\\s+", " ").strip());
    }

    /** The library takes the document apart. */
    private static String found(String url, Document document) {
        String text = new Readability4J(url, document).parse().getTextContent();
        return text == null ? "" : text;
    }

    private static boolean readable(Document document) {
        int[] elements = {0};
        boolean[] deep = {false};
        document.traverse((node, depth) -> {
            elements[0] += node instanceof Element ? 1 : 0;
            deep[0] |= depth > MAX_DEPTH;
        });
        return !deep[0] && elements[0] <= MAX_ELEMENTS;
    }
}
