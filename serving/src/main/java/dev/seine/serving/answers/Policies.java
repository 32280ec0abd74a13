package dev.seine.serving.answers;

import dev.seine.event.WeightsPublished;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Which policies there are, and the latest versions of each. Reading is safe for use by many threads; {@link #step} belongs to one. */
public final class Policies implements Role {
    private static final int MOST_VERSIONS = 20;

    private final String name;
    private final EventConsumer<WeightsPublished> log;
    private final Map<String, List<WeightsPublished>> versions = new ConcurrentHashMap<>();

    /** Follows the weights of all policies. What is announced already is known once this returns. */
    public Policies(Clients clients, String name) {
        this.name = name;
        this.log = clients.assign(Topics.WEIGHTS, name);
        log.readToEnd().forEach(this::note);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int step() {
        List<Event<WeightsPublished>> events = log.poll(Duration.ZERO);
        events.forEach(this::note);
        return events.size();
    }

    private void note(Event<WeightsPublished> event) {
        WeightsPublished weights = event.value();
        List<WeightsPublished> all = new ArrayList<>(versions.getOrDefault(weights.getPolicy(), List.of()));
        all.removeIf(known -> known.getVersion() == weights.getVersion());
        all.add(weights);
        versions.put(
                weights.getPolicy(), List.copyOf(all.subList(Math.max(0, all.size() - MOST_VERSIONS), all.size())));
    }

    /** Versions of each policy as far as they are known, the one announced last at the end; policies in the order of their names. */
    public Map<String, List<WeightsPublished>> all() {
        return new TreeMap<>(versions);
    }

    /** Whether there is such a policy. */
    public boolean has(String policy) {
        return versions.containsKey(policy);
    }

    @Override
    public void close() {
        log.close();
    }
}
