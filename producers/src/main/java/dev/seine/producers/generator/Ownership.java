package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalResponse;
import dev.seine.topics.Assignments;
import dev.seine.topics.Bookmark;
import dev.seine.topics.Clients;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The partitions that a member of a group owns: their questions, the passages that come back in them, and what is written. Writings, offsets of
 * finished questions and the note of {@link Beginnings} are committed together, and only by who owns the partitions. If a commit is
 * refused or a step has failed, nothing since the last commit has happened, and {@link #restore} goes back to what the log says.
 */
final class Ownership implements AutoCloseable {
    /** Who does the work in the partitions. */
    interface Owner {
        /** Earlier owners may have begun questions of these partitions. */
        void takeUp(Set<Integer> partitions);

        /** What is in hand of these partitions is no longer this member's. */
        void forget(Set<Integer> partitions);

        /** Offset of the first question, by partition, that was read and is not accepted yet; none if each was accepted at once. */
        default Map<Integer, Long> held() {
            return Map.of();
        }
    }

    private final Owner owner;
    private final Ledger ledger = new Ledger();
    private final Beginnings beginnings;
    private final EventConsumer<Question> questions;
    private final EventConsumer<RetrievalResponse> responses;
    private final FencedProducer producer;
    private final Set<Integer> owned = new TreeSet<>();
    private boolean stale;

    /**
     * A member of a group.
     *
     * @param name name of this member, which no other has
     * @param timeout for which a member that is gone holds up readers of its partitions
     * @param mostBeginnings how often a turn is begun
     */
    Ownership(Clients clients, String group, String name, Duration timeout, int mostBeginnings, Owner owner) {
        this.owner = owner;
        beginnings = new Beginnings(mostBeginnings);
        producer = clients.fenced(group + "-" + name, name, timeout);
        responses = clients.assign(Topics.RETRIEVAL_RESPONSES, name);
        responses.assignTo(Set.of());
        questions = clients.subscribe(Topics.QUESTIONS, group, name, new Partitions());
    }

    EventConsumer<Question> questions() {
        return questions;
    }

    /** Passages for the searches of these partitions, from when they were assigned on. */
    EventConsumer<RetrievalResponse> responses() {
        return responses;
    }

    FencedProducer producer() {
        return producer;
    }

    /** Sends a search into the partition of its question. */
    void ask(Plan plan, RetrievalRequest search) {
        int partition = plan.origin().partition();
        plan.origin()
                .trace()
                .within(() -> producer.send(Topics.RETRIEVAL_REQUESTS, partition, search.getQuestionId(), search));
    }

    Ledger ledger() {
        return ledger;
    }

    Beginnings beginnings() {
        return beginnings;
    }

    /** The partitions at present. */
    Set<Integer> partitions() {
        return Set.copyOf(owned);
    }

    /** Whether what is in hand is not what the log says. */
    boolean stale() {
        return stale;
    }

    /** Something went wrong in the middle of a step. */
    void distrust() {
        stale = true;
    }

    /** Commits what was written since the last time, with the place in the questions. */
    void commit() {
        if (owned.isEmpty()) {
            return;
        }
        Map<Integer, Bookmark> next = bookmarks();
        if (!next.isEmpty() && !producer.commit(questions, next)) {
            stale = true;
        }
    }

    /** Of the partitions where something has changed; of one at least if something was written, so that brokers check who writes. */
    private Map<Integer, Bookmark> bookmarks() {
        Map<Integer, Long> positions = new TreeMap<>(questions.positions());
        positions.keySet().retainAll(owned);
        owner.held().forEach((partition, first) -> positions.merge(partition, first, Math::min));
        Map<Integer, Long> offsets = producer.pending() ? ledger.atLeastOne(positions) : ledger.committable(positions);
        Map<Integer, Bookmark> bookmarks = new HashMap<>();
        positions.forEach((partition, position) -> {
            long next = ledger.next(partition, position);
            String before = beginnings.noted(partition);
            String note = beginnings.note(partition, next);
            if (offsets.containsKey(partition) || !note.equals(before)) {
                bookmarks.put(partition, new Bookmark(next, note));
            }
        });
        return bookmarks;
    }

    /** Back to what the log says, if anything went wrong: what was written since the last commit did not happen. */
    void restore() {
        if (stale) {
            Set<Integer> all = partitions();
            producer.abort();
            responses.assignTo(all); // an assignment may have been broken off in its middle
            forget(all);
            takeUp(all);
            questions.rewind();
            stale = false;
        }
    }

    private void takeUp(Set<Integer> partitions) {
        questions.bookmarks().forEach((partition, mark) -> {
            if (partitions.contains(partition)) {
                beginnings.recall(partition, mark.note());
            }
        });
        owner.takeUp(partitions);
    }

    private void forget(Set<Integer> partitions) {
        owner.forget(partitions);
        ledger.drop(partitions);
        beginnings.drop(partitions);
    }

    /** The last commit, unless what is in hand is not to be trusted; what is unfinished is given back. */
    private void handOver(Set<Integer> partitions) {
        if (!stale) {
            beginnings.giveBack(partitions);
            commit();
        }
    }

    @Override
    public void close() {
        try (responses;
                producer;
                questions) {
            handOver(partitions());
        }
    }

    /** Called within the poll of the questions. */
    private final class Partitions implements Assignments {
        /** What is written so far is committed; the rest is the next owner's, who continues it. */
        @Override
        public void revoked(Set<Integer> partitions) {
            handOver(partitions);
            owned.removeAll(partitions);
            forget(partitions);
            responses.assignTo(owned);
        }

        /** Responses are wanted from now on, until a question turns out to be older. */
        @Override
        public void assigned(Set<Integer> partitions) {
            owned.addAll(partitions);
            takeUp(partitions);
            responses.assignTo(owned);
            responses.seekToEnd(partitions);
        }
    }
}
