package dev.seine.app.chaos;

import dev.seine.topics.Clients;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Waits for a killed process to do its work again: the broker answers, the learner applies a step, the publisher runs, a member of a consumer
 * group has partitions.
 */
final class Recovery {
    private final String name;
    private final String group;
    private final Set<String> before = new HashSet<>();
    private final long killedAt = System.nanoTime();
    private final long killedAtMs = System.currentTimeMillis();

    /**
     * @param policy names the groups
     * @param members of the group before the kill; empty where they are not known
     */
    Recovery(String name, String policy, Set<String> members) {
        this.name = name;
        this.group = group(name, policy);
        this.before.addAll(members);
    }

    /** The consumer group of a process; empty if it has none. */
    static String group(String name, String policy) {
        if (name.startsWith("generator")) {
            return "generators-" + policy;
        }
        return name.startsWith("retrieval") ? "retrieval" : name.startsWith("rewards") ? "rewards-" + policy : "";
    }

    String name() {
        return name;
    }

    double seconds() {
        return (System.nanoTime() - killedAt) / 1e9;
    }

    /**
     * Whether it works again.
     *
     * @param appliedAtMs when the learner applied its last step
     */
    boolean over(Clients clients, Fleet fleet, long appliedAtMs) {
        try {
            if (name.equals(Fleet.LEARNER)) {
                return appliedAtMs > killedAtMs;
            }
            if (!fleet.member(name).alive() || !fleet.brokerAnswers(clients)) {
                return false;
            }
            return name.equals(Fleet.BROKER) || group.isEmpty() || joined(clients.members(group));
        } catch (RuntimeException e) {
            return false; // the broker is away as well
        }
    }

    /** Somebody who was not there before has partitions, and goes by its name where the group's members have names. */
    private boolean joined(Map<String, Integer> members) {
        boolean named = !name.startsWith("rewards");
        return members.entrySet().stream()
                .anyMatch(member -> member.getValue() > 0
                        && !before.contains(member.getKey())
                        && (!named || member.getKey().startsWith(name)));
    }
}
