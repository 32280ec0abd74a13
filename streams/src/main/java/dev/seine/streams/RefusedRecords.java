package dev.seine.streams;

import dev.seine.topics.Metric;
import dev.seine.topics.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** How many records of a topic a topology has refused since it started. Safe for use by many threads. */
public final class RefusedRecords {
    private final Topic<?> topic;
    private final LongAdder count = new LongAdder();
    private volatile Runnable shown = () -> {};

    /** Those of this topic; none yet. */
    public RefusedRecords(Topic<?> topic) {
        this.topic = topic;
    }

    /** Shows those refused from now on, among all rejections. */
    public void show(MeterRegistry meters) {
        shown = Metric.REJECTIONS.counted(meters, topic.name())::increment;
    }

    /** Counts one. */
    public void increment() {
        count.increment();
        shown.run();
    }

    /** How many there were. */
    public long sum() {
        return count.sum();
    }
}
