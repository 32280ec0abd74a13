package dev.seine.app.report;

import java.util.ArrayList;
import java.util.List;

/** A table with a caption, column headers and, first in each row, a row header. Columns after the first hold numbers. */
final class Table {
    private final String caption;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private boolean lastIsTotal;

    Table(String caption, String... columns) {
        this.caption = caption;
        this.columns = List.of(columns);
    }

    Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "table " + caption + " has " + columns.size() + " columns, got " + cells.length + " cells");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** A last row that sums up. */
    Table total(String... cells) {
        row(cells);
        lastIsTotal = true;
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void write(Html html) {
        // Focusable, so that a table wider than the screen can be scrolled by keyboard.
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
        html.open("table").element("caption", caption).open("thead").open("tr");
        columns.forEach(column -> html.element("th", column, "scope", "col"));
        html.close().close().open("tbody").line();
        for (int i = 0; i < rows.size(); i++) {
            boolean total = lastIsTotal && i == rows.size() - 1;
            html.open("tr", "class", total ? "total" : "row");
            html.element("th", rows.get(i).get(0), "scope", "row");
            rows.get(i).stream().skip(1).forEach(cell -> html.element("td", cell));
            html.close().line();
        }
        html.close().close().close().line();
    }
}
