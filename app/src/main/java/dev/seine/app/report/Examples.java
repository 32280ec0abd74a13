package dev.seine.app.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Example trajectories, before beside after where both are there; colour is never the only sign of what a stretch is. */
final class Examples {
    private Examples() {}

    static void write(Html html, ReportData.Recipe recipe) {
        if (recipe.examplesAfter().isEmpty()) {
            return;
        }
        html.element("h3", recipe.name());
        for (Example after : recipe.examplesAfter()) {
            Optional<Example> before = recipe.examplesBefore().stream()
                    .filter(example -> example.id().equals(after.id()))
                    .findFirst();
            html.open("article", "class", "example").element("h4", after.question());
            html.element("p", "Accepted: " + String.join(" / ", after.answers()), "class", "note");
            html.open("div", "class", "pair");
            before.ifPresent(example -> trajectory(html, "Before", example));
            trajectory(html, "After", after);
            html.close().close().line();
        }
    }

    private static void trajectory(Html html, String when, Example example) {
        html.open("div", "class", "trajectory").open("p", "class", "verdict");
        html.element("strong", when).text(" · ");
        html.element(
                "span", example.correct() ? "✓ correct" : "✗ wrong", "class", example.correct() ? "right" : "wrong");
        html.text(" · " + searches(example.searches()) + " · ended by " + example.finish())
                .close();
        segments(html, example.segments());
        html.close();
    }

    private static void segments(Html html, List<Example.Segment> segments) {
        for (Example.Segment segment : segments) {
            if (!segment.text().isBlank()) {
                String kind = segment.kind().name().toLowerCase(Locale.ROOT);
                html.open("div", "class", "segment " + kind);
                html.element("span", segment.kind().label(), "class", "kind");
                html.element("p", segment.text().strip()).close();
            }
        }
    }

    private static String searches(int searches) {
        return switch (searches) {
            case 0 -> "no search";
            case 1 -> "1 search";
            default -> searches + " searches";
        };
    }
}
