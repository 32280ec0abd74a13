package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.topics.Clients;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What earlier owners have told of the answers of a partition. They can tell no more: brokers refuse the commits of who has lost
 * a partition, and what they had begun to write is waited for.
 */
final class PastAnswers {
    private static final long CLOCKS_DIFFER_MS = 60_000;

    private final Map<String, List<AnswerEvent>> events = new HashMap<>();

    private PastAnswers() {}

    /** Reads everything that was told since a time, in milliseconds, less a minute by which clocks may differ. */
    static PastAnswers since(Clients clients, String role, long timestampMs) {
        PastAnswers past = new PastAnswers();
        try (EventConsumer<AnswerEvent> log = clients.assign(Topics.ANSWER_EVENTS, role)) {
            Map<Integer, Long> ends = log.writtenOffsets();
            log.partitions().forEach(p -> log.seekToTime(p, Math.max(0, timestampMs - CLOCKS_DIFFER_MS)));
            log.readTo(ends, event -> past.events
                    .computeIfAbsent(event.value().getAnswerId(), id -> new ArrayList<>())
                    .add(event.value()));
        }
        return past;
    }

    /** Events of an answer in order; none if it was never begun. */
    List<AnswerEvent> of(String answerId) {
        return events.getOrDefault(answerId, List.of());
    }
}
