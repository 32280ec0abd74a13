package dev.seine.topics;

import java.util.Map;
import org.apache.kafka.common.MetricName;

/** How far Kafka consumers are behind, from the figures that they keep of themselves; safe for use by any thread. */
public final class ConsumerLag {
    private static final String NAME = "records-lag";

    private ConsumerLag() {}

    /** Records of the topic that are written and not yet read, over the partitions that are read at present. */
    public static double of(Map<MetricName, ? extends org.apache.kafka.common.Metric> figures, Topic<?> topic) {
        return figures.entrySet().stream()
                .filter(figure -> figure.getKey().name().equals(NAME)
                        && topic.name().equals(figure.getKey().tags().get("topic")))
                .mapToDouble(figure -> ((Number) figure.getValue().metricValue()).doubleValue())
                .filter(lag -> !Double.isNaN(lag))
                .sum();
    }
}
