package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** A broker, a registry and what a test says through them. */
final class TestLog implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;
    private final Clients clients;
    private final EventProducer producer;

    TestLog(Path dir) {
        broker = EmbeddedBroker.start(dir);
        registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
        clients.createTopics();
        producer = clients.producer("test");
    }

    Clients clients() {
        return clients;
    }

    void scored(List<ScoredTrajectory> group) {
        group.forEach(
                s -> producer.send(Topics.SCORED_TRAJECTORIES, s.getTrajectory().getGroupId(), s));
        producer.flush();
    }

    void memory(MemorySample sample) {
        producer.send(Topics.MEMORY_SAMPLES, sample.getQuestionId(), sample);
        producer.flush();
    }

    List<LearnerStep> steps() {
        return read(Topics.LEARNER_STEPS);
    }

    /** Everything in a topic, in the order of each partition. */
    <V extends SpecificRecord> List<V> read(Topic<V> topic) {
        List<V> all = new ArrayList<>();
        try (EventConsumer<V> consumer = clients.assign(topic, "test")) {
            consumer.readToEnd().stream().map(Event::value).forEach(all::add);
        }
        return all;
    }

    @Override
    public void close() {
        producer.close();
        clients.close();
        registry.close();
        broker.close();
    }
}
