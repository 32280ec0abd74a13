package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalStatus;
import dev.seine.event.Trajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the log knows of the unfinished questions of one partition, for its new owner: which of their rollouts are finished,
 * which are paused at which search, and which of these searches are answered. The questions are held back until all that
 * earlier owners wrote has been read; they can write no more, since brokers refuse the commits of who has lost a partition.
 *
 * <p>Reading begins at the time of the first unfinished question, less a minute by which clocks may differ.
 */
final class Takeover implements AutoCloseable {
    private static final long CLOCKS_DIFFER_MS = 60_000;

    private final Clients clients;
    private final String role;
    private final String policy;
    private final int partition;
    private final List<Event<Question>> held = new ArrayList<>();
    private final Set<String> finished = new HashSet<>();
    private final Map<String, RetrievalRequest> asked = new HashMap<>();
    private final Map<String, Found> answers = new HashMap<>();
    private final List<Tail<?>> tails = new ArrayList<>();
    private long questionsEnd = -1;
    private boolean ready;

    /** A topic that is read up to what is written in it now. */
    private record Tail<V extends SpecificRecord>(EventConsumer<V> reader, Map<Integer, Long> ends) {
        boolean reached() {
            return reader.reached(ends);
        }
    }

    Takeover(Clients clients, String role, String policy, int partition) {
        this.clients = clients;
        this.role = role;
        this.policy = policy;
        this.partition = partition;
    }

    /** Holds a question back until {@link #advance} says that the log has been read. */
    void hold(Event<Question> question) {
        held.add(question);
    }

    /** Whether it has something to hold back, or has not yet read what there is to know. */
    boolean holding() {
        return !held.isEmpty();
    }

    /** Offset of the first question held back. */
    long firstHeld() {
        return held.get(0).offset();
    }

    /** Whether reading has begun. */
    boolean begun() {
        return questionsEnd >= 0;
    }

    /**
     * Begins to read.
     *
     * @param responses the generator's own reader, which goes back to the answers that may still be wanted
     * @param end offset after the last question that an earlier owner may have begun
     */
    void begin(EventConsumer<?> responses, long end) {
        long since = Math.max(0, held.get(0).timestampMs() - CLOCKS_DIFFER_MS);
        tails.add(tail(Topics.RETRIEVAL_REQUESTS, Set.of(partition), since));
        tails.add(tail(Topics.TRAJECTORIES, trajectoriesPartitions(), since));
        responses.seekToTime(partition, since);
        questionsEnd = end;
    }

    /** Reads on without waiting; returns the questions that it held back once everything is read. */
    List<Event<Question>> advance() {
        boolean all = true;
        for (Tail<?> tail : tails) {
            tail.reader().poll(Duration.ZERO).forEach(event -> take(event.value()));
            all &= tail.reached();
        }
        if (!all) {
            return List.of();
        }
        close();
        ready = true;
        List<Event<Question>> free = List.copyOf(held);
        held.clear();
        return free;
    }

    /** Whether everything is read. */
    boolean ready() {
        return ready;
    }

    /** Whether no question at or after this position can be one that an earlier owner began. */
    boolean over(long position) {
        return ready && position >= questionsEnd;
    }

    /** Remembers an answer that no rollout waits for yet. A time-out is none: the time may have passed while nobody waited. */
    void note(Found answer) {
        if (answer.status() != RetrievalStatus.TIMEOUT) {
            answers.put(answer.requestId(), answer);
        }
    }

    boolean finished(String rolloutId) {
        return finished.contains(rolloutId);
    }

    /** The last search of a rollout. */
    Optional<RetrievalRequest> asked(String rolloutId) {
        return Optional.ofNullable(asked.get(rolloutId));
    }

    Optional<Found> answer(RetrievalRequest request) {
        return Optional.ofNullable(answers.get(request.getRequestId()))
                .filter(found -> found.query().equals(request.getQuery()));
    }

    @Override
    public void close() {
        tails.forEach(tail -> tail.reader().close());
        tails.clear();
    }

    private void take(SpecificRecord event) {
        if (event instanceof Trajectory trajectory && trajectory.getPolicy().equals(policy)) {
            finished.add(trajectory.getRolloutId());
        } else if (event instanceof RetrievalRequest request
                && request.getSoFar() != null
                && request.getSoFar().getPolicy().equals(policy)) {
            asked.merge(
                    request.getRolloutId(),
                    request,
                    (known, newer) -> newer.getTurn() >= known.getTurn() ? newer : known);
        }
    }

    private <V extends SpecificRecord> Tail<V> tail(Topic<V> topic, Set<Integer> partitions, long since) {
        EventConsumer<V> reader = clients.assign(topic, role);
        try {
            if (!partitions.isEmpty()) {
                reader.assignTo(partitions);
            }
            Map<Integer, Long> ends = reader.writtenOffsets();
            reader.partitions().forEach(p -> reader.seekToTime(p, since));
            return new Tail<>(reader, ends);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** Both are chosen by question id: with equally many partitions they are the same, else any may have some; empty is all. */
    private Set<Integer> trajectoriesPartitions() {
        return clients.partitions(Topics.TRAJECTORIES) == clients.partitions(Topics.QUESTIONS)
                ? Set.of(partition)
                : Set.of();
    }
}
