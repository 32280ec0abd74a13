package dev.seine.app.replay;

import dev.seine.event.LearnerStep;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** A run's log with its index: finds by the index, reads from the log by offset. Safe for use by several threads. */
public final class Archive implements AutoCloseable {
    private static final String ROLE = "replay";

    private final Clients clients;
    private final Path dir;
    private final Map<Topic<?>, EventConsumer<?>> consumers = new HashMap<>();
    private RunIndex index;

    /**
     * Opens the archive and brings its index up to the log.
     *
     * @param clients observers; they stay the caller's
     * @param dir folder of the index
     */
    public Archive(Clients clients, Path dir) {
        this.clients = clients;
        this.dir = dir;
        IndexWriting.refresh(dir, clients);
        this.index = RunIndex.open(dir);
    }

    /** The index as it is now. */
    public synchronized RunIndex index() {
        return index;
    }

    /** Brings the index up to the log. @return whether there was anything new */
    public synchronized boolean refresh() {
        if (IndexWriting.refresh(dir, clients) == 0) {
            return false;
        }
        RunIndex before = index;
        index = RunIndex.open(dir);
        before.close();
        return true;
    }

    /** The record of a row; empty if the log no longer keeps it. */
    public Optional<Event<ScoredTrajectory>> scored(Row row) {
        return at(Topics.SCORED_TRAJECTORIES, row.partition(), row.offset());
    }

    /** The row and record of a rollout; the first if it was scored several times. */
    public Optional<Row> row(String rollout) {
        return index().rows(Wanted.rollout(rollout), Wanted.Order.TIME, 0, 1).stream()
                .findFirst();
    }

    /** The record at a place of its topic. */
    public <V extends SpecificRecord> Optional<Event<V>> at(Topic<V> topic, Place place) {
        return at(topic, place.partition(), place.offset());
    }

    /** The records of a topic of one partition from the first of these places to the last, read in one go. */
    public synchronized <V extends SpecificRecord> List<Event<V>> between(Topic<V> topic, List<Place> places) {
        if (places.isEmpty()) {
            return List.of();
        }
        long from = places.stream().mapToLong(Place::offset).min().getAsLong();
        long to = places.stream().mapToLong(Place::offset).max().getAsLong();
        return consumer(topic).range(places.get(0).partition(), from, to + 1);
    }

    /** The last plan of a step. */
    public Optional<Event<LearnerStep>> planned(long step) {
        return step(step, StepPhase.PLANNED);
    }

    /** What came of a step. */
    public Optional<Event<LearnerStep>> applied(long step) {
        return step(step, StepPhase.APPLIED);
    }

    /** One record by its offset. */
    public synchronized <V extends SpecificRecord> Optional<Event<V>> at(Topic<V> topic, int partition, long offset) {
        return consumer(topic).range(partition, offset, offset + 1).stream().findFirst();
    }

    @Override
    public synchronized void close() {
        consumers.values().forEach(EventConsumer::close);
        index.close();
    }

    private Optional<Event<LearnerStep>> step(long step, StepPhase phase) {
        List<Place> places =
                index().places(Topics.LEARNER_STEPS.name(), IndexFields.NUMBER, Long.toString(step)).stream()
                        .filter(place -> place.label().equals(phase.toString()))
                        .toList();
        return places.isEmpty() ? Optional.empty() : at(Topics.LEARNER_STEPS, places.get(places.size() - 1));
    }

    @SuppressWarnings("unchecked") // the map's values are made from their keys
    private <V extends SpecificRecord> EventConsumer<V> consumer(Topic<V> topic) {
        return (EventConsumer<V>) consumers.computeIfAbsent(topic, t -> clients.assign(t, ROLE));
    }
}
