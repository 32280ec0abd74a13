package dev.seine.topics;

import dev.seine.event.Rejection;
import dev.seine.schemas.AvroSerde;
import dev.seine.schemas.RegistryClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * The one place where Kafka clients are made. What it makes belongs to the caller, who closes it; the admin client and
 * what is shared belong to this. Safe for use by many threads.
 */
public final class Clients implements AutoCloseable {
    /** How long a broker may take to answer before it counts as not there. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How long who is part of a running system waits for a broker before it gives up. */
    public static final Duration OUTAGE = Duration.ofMinutes(2);

    private final Connection connection;
    private final Clock clock;
    private final Telemetry telemetry;
    private final Map<Topic<?>, Serde<?>> serdes = new ConcurrentHashMap<>();
    private final Deque<AutoCloseable> shared = new ArrayDeque<>();
    private @Nullable RegistryClient registry;
    private @Nullable Admin admin;
    private @Nullable EventProducer rejections;
    private Optional<Consumer<Rejection>> observed = Optional.empty();

    /** Clients of this connection; nothing is connected yet. */
    public Clients(Connection connection) {
        this(connection, Telemetry.none());
    }

    /** Clients of this connection that tell of their work; nothing is connected yet. */
    public Clients(Connection connection, Telemetry telemetry) {
        this(connection, telemetry, Clock.systemUTC());
    }

    Clients(Connection connection, Telemetry telemetry, Clock clock) {
        this.connection = connection;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    /**
     * Clients that read without leaving a trace: what cannot be decoded is handed to {@code refused}, on the reading thread, instead of being
     * written to the rejections.
     */
    public static Clients observer(Connection connection, Consumer<Rejection> refused) {
        Clients clients = new Clients(connection);
        clients.observed = Optional.of(refused);
        return clients;
    }

    /** The connection. */
    public Connection connection() {
        return connection;
    }

    /** Where the work of these clients, and of the roles that use them, is told of. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** An idempotent producer: acknowledged by all in-sync replicas, lz4, linger 5 ms. */
    public EventProducer producer(String clientId) {
        return new LogProducer(clientId, Settings.producer(connection, clientId), this);
    }

    /**
     * A producer whose writes happen together when it commits them, and which cuts off any earlier one of the same id.
     *
     * @param id what there may be only one writer of, over the whole cluster
     * @param timeout after which brokers undo a commit that was begun and not ended
     */
    public FencedProducer fenced(String id, String clientId, Duration timeout) {
        return new TransactionalProducer(id, clientId, Settings.transactional(connection, clientId, id, timeout), this);
    }

    /**
     * A member of a consumer group. It starts at the group's committed offset or else at the first record, commits only
     * when told to, and reads committed records only.
     *
     * @param role name of the reader, as it stands in rejections
     */
    public <V extends SpecificRecord> EventConsumer<V> subscribe(
            Topic<V> topic, String group, String role, Assignments listener) {
        Map<String, Object> settings = Settings.consumer(connection, role);
        settings.put("group.id", group);
        return LogConsumer.subscribed(topic, role, settings, this, listener);
    }

    /** A reader of all partitions, without a group, from the first record. */
    public <V extends SpecificRecord> EventConsumer<V> assign(Topic<V> topic, String role) {
        return LogConsumer.assigned(topic, role, Settings.consumer(connection, role), this);
    }

    /**
     * The latest record of each key of a topic that keeps those.
     *
     * @throws IllegalArgumentException if the topic keeps every record
     */
    public <V extends SpecificRecord> Table<V> table(Topic<V> topic, String role) {
        if (topic.retention() != Retention.COMPACTED) {
            throw new IllegalArgumentException(topic + " keeps every record: it is no table");
        }
        return new Table<>(LogConsumer.assigned(topic, role, Settings.consumer(connection, role), this)
                .withDeletions());
    }

    /** The topic's serde. */
    @SuppressWarnings("unchecked") // the map's values are made from their keys
    public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
        return (Serde<V>) serdes.computeIfAbsent(topic, key -> newSerde(topic));
    }

    /** Settings of a Kafka Streams application: exactly once, commits (so latency) of 100 ms. */
    public Properties streamsProperties(String applicationId, Path stateDir) {
        Properties properties = new Properties();
        properties.putAll(Settings.streams(connection, applicationId, stateDir));
        return properties;
    }

    /** The admin client; it belongs to this. */
    public synchronized Admin admin() {
        if (admin == null) {
            admin = own(Admin.create(Settings.admin(connection)));
        }
        return admin;
    }

    /** The registry's client. */
    public synchronized RegistryClient registry() {
        if (registry == null) {
            registry = new RegistryClient(connection.registry(), connection.registryAuth());
        }
        return registry;
    }

    /** Fails unless a broker answers within this time. */
    public void check(Duration patience) {
        Creation.check(admin(), connection, patience);
    }

    /**
     * Makes every topic of {@link Topics#ALL} that is not there. Topics that are there stay as they are; it fails if
     * their partitions cannot work: topics read together must have equally many, ordered ones exactly one.
     */
    public void createTopics() {
        check(OUTAGE);
        Creation.create(admin());
    }

    /** Partitions of each member of a consumer group at present, by member id; the id begins with the client's name. */
    public Map<String, Integer> members(String group) {
        Map<String, Integer> members = new HashMap<>();
        Creation.await(admin().describeConsumerGroups(List.of(group)).all()).values().stream()
                .flatMap(described -> described.members().stream())
                .forEach(member -> members.put(
                        member.consumerId(),
                        member.assignment().topicPartitions().size()));
        return members;
    }

    /** How many partitions a topic has. */
    public int partitions(Topic<?> topic) {
        return Creation.partitions(admin(), topic);
    }

    /** Makes a topic with as many partitions as one that is there, unless it is there itself. */
    public void createBeside(Topic<?> there, Topic<?> beside) {
        Creation.createBeside(admin(), there, beside);
    }

    /** Offset after the last record that can be read, by topic and partition, asked for in one go; topics that are not there are left out. */
    public Map<String, Map<Integer, Long>> ends(Collection<Topic<?>> topics) {
        return TopicSizes.ends(admin(), topics.stream().map(Topic::name).toList());
    }

    /** The farthest offset that any consumer group has committed, by topic and partition; topics that no group reads are left out. */
    public Map<String, Map<Integer, Long>> committed() {
        return TopicSizes.farthest(admin());
    }

    /** What the topics hold and how far each consumer group is behind. */
    public TopicSizes sizes() {
        check(PATIENCE);
        return TopicSizes.of(admin());
    }

    @Override
    public synchronized void close() {
        while (!shared.isEmpty()) {
            try {
                shared.pop().close();
            } catch (Exception e) {
                throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
            }
        }
    }

    /** Writes a rejection of one of this instance's consumers, or shows it to the observer. */
    void reject(Rejection rejection) {
        if (observed.isPresent()) {
            observed.get().accept(rejection);
        } else {
            rejections().reject(rejection);
        }
    }

    /** Waits until all rejections are written. */
    void flushRejections() {
        if (observed.isEmpty()) {
            rejections().flush();
        }
    }

    private synchronized EventProducer rejections() {
        if (rejections == null) {
            rejections = own(producer("rejections"));
        }
        return rejections;
    }

    Clock clock() {
        return clock;
    }

    private <T extends AutoCloseable> T own(T resource) {
        shared.push(resource);
        return resource;
    }

    private <V extends SpecificRecord> Serde<V> newSerde(Topic<V> topic) {
        if (connection.confluentSerde()) {
            Map<String, Object> settings = new HashMap<>(connection.properties());
            settings.put("schema.registry.url", connection.registry());
            return ConfluentSerde.of(topic.type(), settings);
        }
        return new AvroSerde<>(registry(), topic.type());
    }
}
