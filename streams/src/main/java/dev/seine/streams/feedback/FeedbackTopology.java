package dev.seine.streams.feedback;

import dev.seine.streams.Rejections;
import dev.seine.streams.TopicSerdes;
import dev.seine.streams.TopologyOptions.Store;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** From live questions, their answers and feedback to training questions. The three must lie in partitions of one number. */
public final class FeedbackTopology {
    /** Who refuses, as it stands in rejections. */
    public static final String ROLE = "feedback-join";

    private FeedbackTopology() {}

    /** Builds it; nothing is read or connected. */
    public static Topology build(FeedbackConfig config, Store store, TopicSerdes serdes, FeedbackCounters counters) {
        Topology topology = new Topology();
        String source = "read";
        topology.addSource(
                source,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topics.QUESTIONS.name(),
                Topics.ANSWER_EVENTS.name(),
                Topics.FEEDBACK.name());
        topology.addProcessor(FeedbackJoin.NAME, join(config, store, serdes, counters), source);
        sink(topology, FeedbackJoin.SINK, Topics.FEEDBACK_QUESTIONS, serdes);
        sink(topology, Rejections.SINK, Topics.REJECTIONS, serdes);
        return topology;
    }

    private static ProcessorSupplier<byte[], byte[], String, Object> join(
            FeedbackConfig config, Store store, TopicSerdes serdes, FeedbackCounters counters) {
        return new ProcessorSupplier<>() {
            @Override
            public FeedbackJoin get() {
                return new FeedbackJoin(config, serdes, counters);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return FeedbackStores.builders(store);
            }
        };
    }

    private static <V extends SpecificRecord> void sink(
            Topology topology, String name, Topic<V> topic, TopicSerdes serdes) {
        topology.addSink(
                name, topic.name(), new StringSerializer(), serdes.serde(topic).serializer(), FeedbackJoin.NAME);
    }
}
