package dev.seine.app.report;

import java.util.List;

/** What the pages have in common: head, title, pictures. A page needs nothing else and loads nothing. */
final class Frame {
    // A browser that honours it loads nothing at all, even if some text should get through as markup.
    private static final String POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private Frame() {}

    /** Opens html, body and header, which the caller closes; {@code name} is the window's. */
    static void open(Html html, String name, String title, String css) {
        html.open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        html.open("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", name).style(css).close().line();
        html.open("body");
        html.open("header").element("p", "Seine", "class", "brand").element("h1", title);
    }

    /** The same, the window being named after the title. */
    static void open(Html html, String title, String css) {
        open(html, "Seine: " + title, title, css);
    }

    /** Pictures side by side. */
    static void pictures(Html html, List<Pictures.Picture> pictures) {
        html.open("div", "class", "curves");
        for (Pictures.Picture picture : pictures) {
            html.open("figure").element("figcaption", picture.title()).open("picture");
            html.open("source", "media", "(prefers-color-scheme: dark)", "srcset", picture.darkUri());
            html.open("img", "src", picture.lightUri(), "alt", picture.title(), "width", "640", "height", "300");
            html.close().close().line();
        }
        html.close();
    }
}
