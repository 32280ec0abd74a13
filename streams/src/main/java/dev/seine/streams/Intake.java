package dev.seine.streams;

import dev.seine.event.Trajectory;
import dev.seine.schemas.RegistryException;
import dev.seine.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Decodes and checks trajectories. What cannot be read or must not be scored becomes a rejection; only a registry that
 * does not answer stops the topology, because the same bytes may be readable later.
 */
final class Intake implements Processor<byte[], byte[], String, Object> {
    static final String NAME = "intake";

    private final Deserializer<Trajectory> deserializer;
    private final TrajectoryCheck check;
    private final Rejections rejections;
    private ProcessorContext<String, Object> context;

    Intake(Deserializer<Trajectory> deserializer, TrajectoryCheck check, Rejections rejections) {
        this.deserializer = deserializer;
        this.check = check;
        this.rejections = rejections;
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> in) {
        if (in.key() == null || in.value() == null) {
            reject(in, in.key() == null ? "key must be a group id, got none" : "value must be a trajectory, got none");
            return;
        }
        String key = new String(in.key(), StandardCharsets.UTF_8);
        Trajectory trajectory;
        try {
            trajectory = deserializer.deserialize(Topics.TRAJECTORIES.name(), in.value());
        } catch (RuntimeException e) {
            if (e instanceof RegistryException registry && registry.unavailable()) {
                throw e;
            }
            reject(in, "trajectory '" + key + "' cannot be read: " + e.getMessage());
            return;
        }
        Optional<String> fault = check.fault(key, trajectory);
        if (fault.isPresent()) {
            reject(in, fault.get());
        } else {
            context.forward(in.withKey(key).withValue(new Arrival(trajectory, in.value())), GroupCollector.NAME);
        }
    }

    private void reject(Record<byte[], byte[]> in, String cause) {
        context.forward(rejections.of(context.recordMetadata(), in, cause), Rejections.SINK);
    }
}
