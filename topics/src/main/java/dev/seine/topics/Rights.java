package dev.seine.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What each role must be allowed on a cluster with an authorizer, and nothing more: the one home of these facts. Topics are
 * made beforehand, by a user who may.
 *
 * @param reads topics it reads
 * @param writes topics it writes
 * @param group its consumer group, {@code %s} being the policy; empty if it has none
 * @param transactions start of its transactional ids, likewise
 * @param own start of the names of topics that it makes for itself, likewise
 */
public record Rights(List<Topic<?>> reads, List<Topic<?>> writes, String group, String transactions, String own) {
    /** By the name of the role's command. */
    public static final Map<String, Rights> BY_ROLE = Map.ofEntries(
            Map.entry(
                    "publish",
                    new Rights(
                            List.of(Topics.WEIGHTS, Topics.QUESTIONS, Topics.FEEDBACK_QUESTIONS),
                            List.of(Topics.QUESTIONS))),
            Map.entry(
                    "generate",
                    new Rights(
                            List.of(
                                    Topics.WEIGHTS,
                                    Topics.QUESTIONS,
                                    Topics.RETRIEVAL_RESPONSES,
                                    Topics.RETRIEVAL_REQUESTS,
                                    Topics.TRAJECTORIES),
                            List.of(Topics.RETRIEVAL_REQUESTS, Topics.TRAJECTORIES),
                            "generators-%s",
                            "generators-%s-",
                            "")),
            Map.entry("registry", new Rights(List.of(), List.of(), "", RegistryLog.WRITER, RegistryLog.TOPIC)),
            Map.entry(
                    "answer",
                    new Rights(
                            List.of(
                                    Topics.WEIGHTS,
                                    Topics.PROMOTIONS,
                                    Topics.QUESTIONS,
                                    Topics.RETRIEVAL_RESPONSES,
                                    Topics.ANSWER_EVENTS),
                            List.of(Topics.RETRIEVAL_REQUESTS, Topics.ANSWER_EVENTS),
                            "answerers-%s",
                            "answerers-%s-",
                            "")),
            Map.entry(
                    "serve",
                    new Rights(
                            List.of(
                                    Topics.WEIGHTS,
                                    Topics.ANSWER_EVENTS,
                                    Topics.LEARNER_STEPS,
                                    Topics.EVALUATIONS,
                                    Topics.PROMOTIONS),
                            List.of(Topics.QUESTIONS, Topics.FEEDBACK))),
            Map.entry(
                    "retrieve",
                    new Rights(
                            List.of(Topics.RETRIEVAL_REQUESTS),
                            List.of(Topics.RETRIEVAL_RESPONSES),
                            "retrieval",
                            "",
                            "")),
            Map.entry(
                    "score",
                    new Rights(
                            List.of(Topics.TRAJECTORIES),
                            List.of(Topics.SCORED_TRAJECTORIES, Topics.MEMORY_SAMPLES),
                            "rewards-%s",
                            "rewards-%s-",
                            "rewards-%s-")),
            Map.entry(
                    "rewrite",
                    new Rights(
                            List.of(Topics.SCORED_TRAJECTORIES),
                            List.of(Topics.MEMORY_SAMPLES),
                            "rewriter-%s",
                            "",
                            "")),
            Map.entry(
                    "feedback",
                    new Rights(
                            List.of(Topics.QUESTIONS, Topics.ANSWER_EVENTS, Topics.FEEDBACK),
                            List.of(Topics.FEEDBACK_QUESTIONS),
                            "feedback-%s",
                            "feedback-%s-",
                            "feedback-%s-")),
            Map.entry(
                    "gate",
                    new Rights(
                            List.of(Topics.WEIGHTS, Topics.PROMOTIONS),
                            List.of(Topics.EVALUATIONS, Topics.PROMOTIONS))),
            Map.entry(
                    "learn",
                    new Rights(
                            List.of(Topics.SCORED_TRAJECTORIES, Topics.MEMORY_SAMPLES, Topics.LEARNER_STEPS),
                            List.of(Topics.WEIGHTS, Topics.LEARNER_STEPS),
                            "learner-%s",
                            "learner-%s",
                            "")));

    /** Those of a role that belongs to no group, does not write in transactions and makes no topics. */
    private Rights(List<Topic<?>> reads, List<Topic<?>> writes) {
        this(reads, writes, "", "", "");
    }

    /** Copies the lists. */
    public Rights {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
    }

    /** The access rules that give these rights, for one policy, to a user. Every role may refuse records and see which topics there are. */
    public List<AclBinding> rules(String policy, String user) {
        String principal = "User:" + user;
        List<AclBinding> rules = new ArrayList<>();
        rules.add(rule(principal, ResourceType.TOPIC, "*", PatternType.LITERAL, AclOperation.DESCRIBE));
        rules.add(rule(principal, ResourceType.TOPIC, Topics.REJECTIONS, AclOperation.WRITE));
        reads.forEach(topic -> rules.add(rule(principal, ResourceType.TOPIC, topic, AclOperation.READ)));
        writes.forEach(topic -> rules.add(rule(principal, ResourceType.TOPIC, topic, AclOperation.WRITE)));
        if (!group.isEmpty()) {
            rules.add(rule(
                    principal, ResourceType.GROUP, group.formatted(policy), PatternType.LITERAL, AclOperation.READ));
        }
        if (!transactions.isEmpty()) {
            String prefix = transactions.formatted(policy);
            for (AclOperation operation : List.of(AclOperation.WRITE, AclOperation.DESCRIBE)) {
                rules.add(rule(principal, ResourceType.TRANSACTIONAL_ID, prefix, PatternType.PREFIXED, operation));
            }
        }
        if (!own.isEmpty()) {
            rules.add(
                    rule(principal, ResourceType.TOPIC, own.formatted(policy), PatternType.PREFIXED, AclOperation.ALL));
        }
        return rules;
    }

    private static AclBinding rule(String principal, ResourceType type, Topic<?> topic, AclOperation operation) {
        return rule(principal, type, topic.name(), PatternType.LITERAL, operation);
    }

    private static AclBinding rule(
            String principal, ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }
}
