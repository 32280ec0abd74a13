package dev.seine.producers.questions;

import dev.seine.event.Question;
import dev.seine.topics.Clients;
import dev.seine.topics.Table;
import dev.seine.topics.Topics;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The questions that feedback has made and nobody has published yet, in the order they came; withdrawn ones are left out. */
final class FeedbackQuestions implements AutoCloseable {
    private final Table<Question> made;
    private final Set<String> published = new HashSet<>();

    FeedbackQuestions(Clients clients, String role) {
        this.made = clients.table(Topics.FEEDBACK_QUESTIONS, role);
    }

    /** Reads what is new without waiting. */
    void poll() {
        made.poll();
    }

    /** The question of this id is in the log: it does not come again. */
    void published(String id) {
        published.add(id);
    }

    /** Reads all there is, and forgets what was published: the log is read again for that. */
    void readAgain() {
        made.readToEnd();
        published.clear();
    }

    /** The next one, which then counts as published. */
    Optional<Question> next() {
        Optional<Question> next = made.latest().values().stream()
                .filter(question -> !published.contains(question.getId()))
                .findFirst();
        next.ifPresent(question -> published.add(question.getId()));
        return next;
    }

    @Override
    public void close() {
        made.close();
    }
}
