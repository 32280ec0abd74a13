package dev.seine.topics;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the log and the schema registry are.
 *
 * @param bootstrap brokers as {@code host:port}, separated by commas
 * @param registry base URLs of the schema registry, separated by commas; empty where no registry is needed
 * @param properties handed to every Kafka client as they are (TLS, SASL), but for the registry's
 *     {@code basic.auth.user.info} and for {@code seine.serde}, which is {@code builtin} (default) or
 *     {@code confluent}: the latter takes Confluent's own serializers, with all properties, from the class path
 */
public record Connection(String bootstrap, String registry, Map<String, String> properties) {
    /** Property that chooses the serde. */
    public static final String SERDE = "seine.serde";

    private static final String AUTH = "basic.auth.user.info";

    /** Checks the addresses. */
    public Connection {
        properties = Map.copyOf(properties);
        if (bootstrap.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrap must be HOST:PORT, got nothing");
        }
        for (String broker : bootstrap.split(",", -1)) {
            if (!broker.trim().matches(".+:\\d{1,5}")) {
                throw new IllegalArgumentException("kafka.bootstrap must be HOST:PORT, got '" + broker + "'");
            }
        }
        String serde = properties.getOrDefault(SERDE, "builtin");
        if (!serde.equals("builtin") && !serde.equals("confluent")) {
            throw new IllegalArgumentException(SERDE + " must be builtin or confluent, got '" + serde + "'");
        }
    }

    /** A connection without further properties. */
    public static Connection of(String bootstrap, String registry) {
        return new Connection(bootstrap, registry, Map.of());
    }

    /** {@code user:password} for the registry, if set. */
    Optional<String> registryAuth() {
        return Optional.ofNullable(properties.get(AUTH));
    }

    /** True if Confluent's own serializers are wanted. */
    boolean confluentSerde() {
        return "confluent".equals(properties.get(SERDE));
    }

    /** The properties that concern Kafka's own clients. */
    Map<String, Object> kafka() {
        Map<String, Object> settings = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (!key.startsWith("seine.") && !key.startsWith("basic.auth.") && !key.startsWith("schema.registry.")) {
                settings.put(key, value);
            }
        });
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }

    /** Without the values that may be secret. */
    @Override
    public String toString() {
        Map<String, String> shown = new TreeMap<>();
        properties.forEach((key, value) -> shown.put(key, secret(key) ? "[hidden]" : value));
        return "Connection[bootstrap=" + bootstrap + ", registry=" + registry.replaceAll("//[^/@]*@", "//[hidden]@")
                + ", properties=" + shown + "]";
    }

    private static boolean secret(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return name.contains("password")
                || name.contains("secret")
                || name.contains("jaas")
                || name.contains("token")
                || name.contains("auth.user.info")
                || name.contains("keystore.key")
                || name.contains("credential");
    }
}
