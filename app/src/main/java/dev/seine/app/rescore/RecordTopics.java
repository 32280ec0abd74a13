package dev.seine.app.rescore;

import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import org.apache.avro.specific.SpecificRecord;

/** Records into topics of their own beside the run's, partition by partition in the same order: {@code TOPIC.NAME}. */
final class RecordTopics implements Rescoring.Output, AutoCloseable {
    private final Topic<ScoredTrajectory> scored;
    private final Topic<MemorySample> samples;
    private final EventProducer producer;

    RecordTopics(Clients clients, String name) {
        scored = beside(Topics.SCORED_TRAJECTORIES, name);
        samples = beside(Topics.MEMORY_SAMPLES, name);
        clients.createBeside(Topics.SCORED_TRAJECTORIES, scored);
        clients.createBeside(Topics.MEMORY_SAMPLES, samples);
        producer = clients.producer("rescore");
    }

    @Override
    public void write(int partition, String key, SpecificRecord value) {
        if (value instanceof ScoredTrajectory each) {
            producer.send(scored, partition, key, each);
        } else if (value instanceof MemorySample sample) {
            producer.send(samples, key, sample);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private static <V extends SpecificRecord> Topic<V> beside(Topic<V> topic, String name) {
        if (!name.matches("[a-zA-Z0-9._-]{1,100}")) {
            throw new IllegalArgumentException("--into must be letters, digits, dots and dashes, got '" + name + "'");
        }
        return new Topic<>(topic.name() + "." + name, topic.type(), topic.partitions(), topic.retention());
    }
}
