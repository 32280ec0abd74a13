package dev.seine.topics;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Settings of the Kafka clients. Those above {@code connection.kafka()} are defaults that the connection's properties may
 * replace; those below it are what correctness rests on, and stand.
 */
final class Settings {
    /** A trajectory carries tokens, log-probabilities and passages; Kafka's own limit of 1 MB is too tight. */
    static final int MAX_RECORD_BYTES = 16 << 20;

    /** A broker may be away for so long before a write counts as failed: until then writers wait. */
    private static final int OUTAGE_MS = 600_000;

    /**
     * One request at a time. Of several on their way to a partition that is new, a broker may refuse the first, since it has not heard yet that
     * it leads it, and take the second, after which it takes the first no more, however often it is sent again
     * (<a href="https://issues.apache.org/jira/browse/KAFKA-15591">KAFKA-15591</a>).
     */
    private static final Map.Entry<String, Integer> IN_ORDER = Map.entry("max.in.flight.requests.per.connection", 1);

    private Settings() {}

    static Map<String, Object> producer(Connection connection, String clientId) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 5);
        settings.put("max.request.size", MAX_RECORD_BYTES + 1024);
        settings.put("max.block.ms", 30_000);
        settings.put("delivery.timeout.ms", OUTAGE_MS);
        settings.putAll(connection.kafka());
        settings.put("client.id", clientId);
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put(IN_ORDER.getKey(), IN_ORDER.getValue());
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        return settings;
    }

    /** A producer whose writes become visible, with offsets, all at once, and of which only the newest of its id can write. */
    static Map<String, Object> transactional(Connection connection, String clientId, String id, Duration timeout) {
        Map<String, Object> settings = producer(connection, clientId);
        settings.put("transactional.id", id);
        settings.put("transaction.timeout.ms", Math.toIntExact(timeout.toMillis()));
        return settings;
    }

    static Map<String, Object> consumer(Connection connection, String clientId) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("session.timeout.ms", 10_000);
        settings.put("heartbeat.interval.ms", 1_000);
        settings.put("max.poll.records", 500);
        settings.put("fetch.max.wait.ms", 100);
        settings.put("default.api.timeout.ms", 30_000);
        settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        settings.putAll(connection.kafka());
        settings.put("client.id", clientId);
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        settings.put("allow.auto.create.topics", false);
        settings.put("key.deserializer", ByteArrayDeserializer.class);
        settings.put("value.deserializer", ByteArrayDeserializer.class);
        return settings;
    }

    static Map<String, Object> admin(Connection connection) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("default.api.timeout.ms", 20_000);
        settings.put("request.timeout.ms", 10_000);
        settings.putAll(connection.kafka());
        settings.put("client.id", "admin");
        return settings;
    }

    /** The classic group protocol: older brokers have it too, and the session timeout is the client's to choose. */
    static Map<String, Object> streams(Connection connection, String applicationId, Path stateDir) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("commit.interval.ms", 100);
        settings.put("consumer.session.timeout.ms", 10_000);
        settings.put("consumer.heartbeat.interval.ms", 1_000);
        settings.put("consumer.fetch.max.wait.ms", 100);
        settings.put("producer.max.request.size", MAX_RECORD_BYTES + 1024);
        settings.put("producer.compression.type", "lz4");
        settings.put("producer.linger.ms", 5);
        settings.put("topic.max.message.bytes", Integer.toString(MAX_RECORD_BYTES + 1024));
        settings.putAll(connection.kafka());
        settings.put("application.id", applicationId);
        settings.put("state.dir", stateDir.toString());
        settings.put("processing.guarantee", "exactly_once_v2");
        settings.put("producer." + IN_ORDER.getKey(), IN_ORDER.getValue());
        settings.put("consumer.auto.offset.reset", "earliest");
        return settings;
    }
}
