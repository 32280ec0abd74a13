package dev.seine.app.operations;

import dev.seine.topics.Rights;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.ResourcePattern;

/** The topics and the roles' users as resources of Strimzi, from the one list of topics and the one table of rights. */
public final class StrimziManifests {
    private static final String API = "kafka.strimzi.io/v1";

    private StrimziManifests() {}

    /**
     * All of them, as one YAML stream.
     *
     * @param cluster name of the Kafka resource
     * @param policy name of the policy
     * @param users name of a role's user, {@code %s} being the role
     * @param replicas of each record
     */
    public static String of(String cluster, String policy, String users, int replicas) {
        StringBuilder yaml = new StringBuilder("# Written by: seine manifests\n");
        Topics.ALL.forEach(topic -> yaml.append(topic(topic, cluster, replicas)));
        new TreeMap<>(Rights.BY_ROLE).forEach((role, rights) -> {
            String user = users.formatted(role);
            yaml.append(user(user, cluster, rights.rules(policy, user)));
        });
        return yaml.toString();
    }

    private static String topic(Topic<?> topic, String cluster, int replicas) {
        String config = topic.settings().entrySet().stream()
                .map(setting -> "    " + setting.getKey() + ": \"" + setting.getValue() + "\"\n")
                .collect(Collectors.joining());
        return head("KafkaTopic", topic.name(), cluster)
                + "  partitions: " + topic.partitions() + "\n"
                + "  replicas: " + replicas + "\n"
                + "  config:\n" + config;
    }

    private static String user(String name, String cluster, List<AclBinding> rules) {
        Map<ResourcePattern, List<String>> operations = new LinkedHashMap<>();
        rules.forEach(rule -> operations.merge(
                rule.pattern(), List.of(title(rule.entry().operation().name())), StrimziManifests::joined));
        String acls = operations.entrySet().stream()
                .map(entry -> acl(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
        return head("KafkaUser", name, cluster)
                + "  authentication:\n    type: scram-sha-512\n"
                + "  authorization:\n    type: simple\n    acls:\n" + acls;
    }

    private static String acl(ResourcePattern pattern, List<String> operations) {
        String type =
                switch (pattern.resourceType()) {
                    case TOPIC -> "topic";
                    case GROUP -> "group";
                    case TRANSACTIONAL_ID -> "transactionalId";
                    default -> throw new IllegalStateException("no name for " + pattern.resourceType());
                };
        return "      - resource:\n"
                + "          type: " + type + "\n"
                + "          name: \"" + pattern.name() + "\"\n"
                + "          patternType: " + (pattern.patternType().name().equals("PREFIXED") ? "prefix" : "literal")
                + "\n        operations:\n"
                + operations.stream().map(each -> "          - " + each + "\n").collect(Collectors.joining());
    }

    private static String head(String kind, String name, String cluster) {
        return "---\napiVersion: " + API + "\nkind: " + kind + "\nmetadata:\n  name: " + name
                + "\n  labels:\n    strimzi.io/cluster: " + cluster + "\nspec:\n";
    }

    private static String title(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}
