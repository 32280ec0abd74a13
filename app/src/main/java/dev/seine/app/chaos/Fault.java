package dev.seine.app.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Something done to the run.
 *
 * @param kind what
 * @param member to whom; empty for the search backend
 */
record Fault(Kind kind, String member) {
    /** What can be done. */
    enum Kind {
        /** kill -9. */
        KILL,
        /** kill -9 of the learner, whose newest checkpoint is damaged before it comes back. */
        KILL_AND_DAMAGE,
        /** SIGSTOP, longer than a group waits for a member, then SIGCONT. */
        PAUSE,
        /** The search backend does not answer for a minute. */
        SEARCH_AWAY
    }

    /** The faults of a run, in an order that depends on the seed only: 22 kills, 4 pauses, one outage. */
    static List<Fault> plan(long seed, List<String> generators, List<String> retrievals, List<String> rewards) {
        Random random = new Random(seed);
        List<Fault> plan = new ArrayList<>();
        kill(plan, 3, List.of(Fleet.BROKER), random);
        kill(plan, 8, generators, random);
        kill(plan, 3, retrievals, random);
        kill(plan, 4, rewards, random);
        kill(plan, 2, List.of(Fleet.LEARNER), random);
        kill(plan, 1, List.of(Fleet.PUBLISHER), random);
        plan.add(new Fault(Kind.KILL_AND_DAMAGE, Fleet.LEARNER));
        plan.add(new Fault(Kind.PAUSE, any(generators, random)));
        plan.add(new Fault(Kind.PAUSE, any(retrievals, random)));
        plan.add(new Fault(Kind.PAUSE, any(rewards, random)));
        plan.add(new Fault(Kind.PAUSE, Fleet.LEARNER));
        plan.add(new Fault(Kind.SEARCH_AWAY, ""));
        Collections.shuffle(plan, random);
        return plan;
    }

    boolean kills() {
        return kind == Kind.KILL || kind == Kind.KILL_AND_DAMAGE;
    }

    private static void kill(List<Fault> plan, int times, List<String> names, Random random) {
        for (int i = 0; i < times; i++) {
            plan.add(new Fault(Kind.KILL, any(names, random)));
        }
    }

    private static String any(List<String> names, Random random) {
        return names.get(random.nextInt(names.size()));
    }
}
