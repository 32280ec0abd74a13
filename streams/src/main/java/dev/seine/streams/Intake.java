package dev.seine.streams;

import dev.seine.event.Trajectory;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Decodes and checks trajectories. What cannot be read or must not be scored becomes a rejection. */
final class Intake implements Processor<byte[], byte[], String, Object> {
    static final String NAME = "intake";

    private final Decoding<Trajectory> decoding;
    private final TrajectoryCheck check;
    private final Rejections rejections;
    private ProcessorContext<String, Object> context;

    Intake(Decoding<Trajectory> decoding, TrajectoryCheck check, Rejections rejections) {
        this.decoding = decoding;
        this.check = check;
        this.rejections = rejections;
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> in) {
        try {
            String key = decoding.key(in);
            Trajectory trajectory = decoding.value(in);
            Optional<String> fault = check.fault(key, trajectory);
            if (fault.isPresent()) {
                reject(in, fault.get());
            } else {
                context.forward(in.withKey(key).withValue(new Arrival(trajectory, in.value())), GroupCollector.NAME);
            }
        } catch (Decoding.Unreadable e) {
            reject(in, String.valueOf(e.getMessage()));
        }
    }

    private void reject(Record<byte[], byte[]> in, String cause) {
        context.forward(rejections.of(context.recordMetadata(), in, cause), Rejections.SINK);
    }
}
