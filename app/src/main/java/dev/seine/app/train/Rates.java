package dev.seine.app.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a count has risen over the last seconds. */
final class Rates {
    private static final double WINDOW_SECONDS = 10;

    private record Point(long count, double at) {}

    private final Deque<Point> points = new ArrayDeque<>();

    void note(long count, double seconds) {
        points.addLast(new Point(count, seconds));
        while (points.getLast().at() - points.getFirst().at() > WINDOW_SECONDS) {
            points.removeFirst();
        }
    }

    double perSecond() {
        if (points.size() < 2) {
            return 0;
        }
        double span = points.getLast().at() - points.getFirst().at();
        return span <= 0 ? 0 : (points.getLast().count() - points.getFirst().count()) / span;
    }
}
