package dev.seine.schemas;

import java.util.ArrayList;
import java.util.List;

/** Broken rules in the order found; bounded, so that hostile text cannot make an event large. */
final class Violations {
    private static final int MOST = 16;

    private final List<String> list = new ArrayList<>();
    private int more;

    void add(String violation) {
        if (list.size() < MOST) {
            list.add(violation);
        } else {
            more++;
        }
    }

    List<String> list() {
        if (more == 0) {
            return list;
        }
        List<String> all = new ArrayList<>(list);
        all.add(more + " more");
        return all;
    }
}
