package dev.seine.app.chaos;

import dev.seine.event.LearnerStep;
import dev.seine.event.Question;
import dev.seine.event.Rejection;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.event.Trajectory;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the log says of a run that is over.
 *
 * @param rollouts of the questions that the learner's steps consume
 * @param trained of these, trained
 * @param skipped of these, skipped by the learner with a reason
 * @param lost of these, neither
 * @param trainedTwice rollouts in the batches of two steps
 * @param writtenTwice trajectories with the same rollout id as another
 * @param sampledAgain searches of the same rollout and turn with other tokens, and trajectories that do not begin with them
 * @param askedAgain searches asked again, with the same tokens, since their deadline had passed
 * @param neverClosed groups with all their trajectories that were never scored
 * @param rejected refused records
 */
record Findings(
        long rollouts,
        long trained,
        long skipped,
        long lost,
        long trainedTwice,
        long writtenTwice,
        long sampledAgain,
        long askedAgain,
        long neverClosed,
        long rejected) {

    /** Whether nothing was lost and nothing done twice. */
    boolean clean() {
        return lost + trainedTwice + writtenTwice + sampledAgain + neverClosed == 0;
    }

    /** Reads the log of a policy; the run must be over. */
    static Findings of(Clients clients, String policy, long consumedQuestions) {
        Map<String, Trajectory> trajectories = new HashMap<>();
        long writtenTwice = 0;
        for (Trajectory t : values(clients, Topics.TRAJECTORIES)) {
            if (t.getPolicy().equals(policy) && trajectories.put(t.getRolloutId(), t) != null) {
                writtenTwice++;
            }
        }
        Set<String> scored = new HashSet<>();
        for (ScoredTrajectory s : values(clients, Topics.SCORED_TRAJECTORIES)) {
            scored.add(s.getTrajectory().getRolloutId());
        }
        Map<Long, LearnerStep> steps = steps(clients, policy);
        Set<String> trained = new HashSet<>();
        Set<String> skipped = new HashSet<>();
        long trainedTwice = 0;
        for (LearnerStep step : steps.values()) {
            trainedTwice +=
                    step.getTrained().stream().filter(id -> !trained.add(id)).count();
            step.getSkipped().values().forEach(skipped::addAll);
        }
        Set<String> expected = new HashSet<>();
        for (Question q : values(clients, Topics.QUESTIONS)) {
            if (q.getSeq() >= 0 && q.getSeq() < consumedQuestions) {
                for (int i = 0; i < q.getGroupSize(); i++) {
                    expected.add(q.getId() + "@" + q.getEpoch() + "#" + i);
                }
            }
        }
        long[] searches = searches(clients, policy, trajectories);
        return new Findings(
                expected.size(),
                expected.stream().filter(trained::contains).count(),
                expected.stream().filter(skipped::contains).count(),
                expected.stream()
                        .filter(id -> !trained.contains(id) && !skipped.contains(id))
                        .count(),
                trainedTwice,
                writtenTwice,
                searches[0],
                searches[1],
                neverClosed(trajectories, scored),
                values(clients, Topics.REJECTIONS).stream()
                        .map((Rejection r) -> r.getTopic() + r.getPartition() + "@" + r.getOffset())
                        .distinct()
                        .count());
    }

    /** The plan of each step; of a step planned twice the later one holds. */
    private static Map<Long, LearnerStep> steps(Clients clients, String policy) {
        Map<Long, LearnerStep> steps = new TreeMap<>();
        values(clients, Topics.LEARNER_STEPS).stream()
                .filter(step -> step.getPolicy().equals(policy) && step.getPhase() == StepPhase.PLANNED)
                .forEach(step -> steps.put(step.getStep(), step));
        return steps;
    }

    /** Sampled again, asked again. */
    private static long[] searches(Clients clients, String policy, Map<String, Trajectory> trajectories) {
        Map<String, List<Integer>> tokens = new HashMap<>();
        long[] counts = new long[2];
        for (RetrievalRequest r : values(clients, Topics.RETRIEVAL_REQUESTS)) {
            if (r.getSoFar() == null || !r.getSoFar().getPolicy().equals(policy)) {
                continue;
            }
            List<Integer> now = r.getSoFar().getTokens();
            List<Integer> before = tokens.put(r.getRequestId(), now);
            if (before != null) {
                counts[before.equals(now) ? 1 : 0]++;
            }
            Trajectory whole = trajectories.get(r.getRolloutId());
            if (whole != null
                    && (whole.getTokens().size() < now.size()
                            || !whole.getTokens().subList(0, now.size()).equals(now))) {
                counts[0]++;
            }
        }
        return counts;
    }

    private static long neverClosed(Map<String, Trajectory> trajectories, Set<String> scored) {
        Map<String, Integer> members = new HashMap<>();
        trajectories.values().forEach(t -> members.merge(t.getGroupId(), 1, Integer::sum));
        return trajectories.values().stream()
                .filter(t -> members.get(t.getGroupId()) == t.getGroupSize())
                .filter(t -> Stream.of(t.getRolloutId()).noneMatch(scored::contains))
                .map(Trajectory::getGroupId)
                .distinct()
                .count();
    }

    private static <V extends SpecificRecord> List<V> values(Clients clients, Topic<V> topic) {
        try (EventConsumer<V> log = clients.assign(topic, "chaos")) {
            return log.readToEnd().stream().map(Event::value).toList();
        }
    }
}
