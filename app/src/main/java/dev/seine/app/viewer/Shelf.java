package dev.seine.app.viewer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The runs that can be looked at, in order. Each is opened when it is first asked for. Safe for use by several threads. */
final class Shelf implements AutoCloseable {
    private final Map<String, Supplier<? extends Opened>> openers;
    private final Map<String, Opened> open = new HashMap<>();

    /** A run that is open. */
    interface Opened extends AutoCloseable {
        RunPages pages();

        @Override
        void close();
    }

    /**
     * A shelf with nothing open.
     *
     * @param openers by the name of the run, at least one; the first is shown to who names none
     */
    Shelf(Map<String, ? extends Supplier<? extends Opened>> openers) {
        this.openers = new LinkedHashMap<>(openers);
    }

    List<String> names() {
        return List.copyOf(openers.keySet());
    }

    /** The pages of a run, or of the first if none is named; empty if there is no such run. */
    synchronized Optional<RunPages> run(Optional<String> named) {
        String name = named.orElseGet(() -> names().get(0));
        return Optional.ofNullable(openers.get(name))
                .map(opener -> open.computeIfAbsent(name, n -> opener.get()).pages());
    }

    @Override
    public synchronized void close() {
        List<Opened> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(Opened::close);
    }
}
