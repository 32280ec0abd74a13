package dev.seine.app.audit;

import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.schemas.LiveQuestions;
import dev.seine.streams.TrajectoryCheck;
import dev.seine.topics.Event;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows every rollout from its question to its step, in the order of the flow: all questions, then all requests, trajectories and scores,
 * then the steps. Keeps ids, hashes and a few bits, so its memory is some hundred bytes a rollout.
 */
final class RolloutBooks {
    private final Breaks breaks;
    private final Map<String, GroupBook> groups = new HashMap<>();
    private long written;
    private long repeated;
    private long repeatedRequests;
    private long newestMs;

    RolloutBooks(Breaks breaks) {
        this.breaks = breaks;
    }

    void question(Event<Question> event) {
        Question question = event.value();
        if (LiveQuestions.includes(question)) {
            return; // its answer's events are all there is of it
        }
        newestMs = Math.max(newestMs, event.timestampMs());
        GroupBook group = group(question.getId() + "@" + question.getEpoch());
        group.size = question.getGroupSize();
        group.seq = question.getSeq();
        group.askedMs = event.timestampMs();
    }

    /** A turn that is asked again must ask the same: the text that ended in the query is finished. */
    void request(Event<RetrievalRequest> event) {
        RetrievalRequest request = event.value();
        if (request.getLive()) {
            return;
        }
        newestMs = Math.max(newestMs, event.timestampMs());
        String id = request.getRolloutId();
        int index = index(id);
        if (index < 0 || request.getTurn() < 0) {
            return;
        }
        GroupBook group = group(groupOf(id));
        int hash = hash(request.getQuery());
        int before = group.query(index, request.getTurn());
        if (before != 0 && before != hash) {
            breaks.add(
                    Invariant.GENERATED_AGAIN,
                    request.getRequestId() + " was asked before with another query than '" + request.getQuery()
                            + "' at " + place(event));
        } else if (before != 0) {
            repeatedRequests++;
        }
        group.query(index, request.getTurn(), hash);
    }

    void trajectory(Event<Trajectory> event, boolean refused) {
        Trajectory trajectory = event.value();
        newestMs = Math.max(newestMs, event.timestampMs());
        int index = index(trajectory.getRolloutId());
        if (index < 0) {
            return;
        }
        written++;
        GroupBook group = group(groupOf(trajectory.getRolloutId()));
        if (refused) {
            group.set(index, GroupBook.REFUSED);
            return;
        }
        group.size = Math.max(group.size, trajectory.getGroupSize());
        group.seq = trajectory.getSeq();
        int hash = sampledHash(trajectory);
        if (!group.is(index, GroupBook.PRODUCED)) {
            group.producedMs = Math.max(group.producedMs, event.timestampMs());
            group.sampled(index, hash);
            sameQueries(group, index, event);
        } else if (group.sampled(index) == hash) {
            repeated++;
        } else {
            breaks.add(
                    Invariant.GENERATED_AGAIN,
                    trajectory.getRolloutId() + " was written before with other sampled tokens than at "
                            + place(event));
        }
        group.set(index, GroupBook.PRODUCED);
    }

    void scored(Event<ScoredTrajectory> event) {
        ScoredTrajectory scored = event.value();
        newestMs = Math.max(newestMs, event.timestampMs());
        Trajectory trajectory = scored.getTrajectory();
        String id = trajectory.getRolloutId();
        int index = index(id);
        GroupBook group = group(groupOf(id));
        if (index < 0 || !group.is(index, GroupBook.PRODUCED)) {
            breaks.add(Invariant.SCORED_WRONG, id + " at " + place(event) + " has no trajectory");
            return;
        }
        if (group.is(index, GroupBook.SCORED)) {
            breaks.add(Invariant.SCORED_WRONG, id + " was scored before " + place(event));
        }
        if (group.sampled(index) != sampledHash(trajectory)) {
            breaks.add(Invariant.SCORED_WRONG, id + " at " + place(event) + " has other tokens than its trajectory");
        }
        Optional<String> fault = new TrajectoryCheck(trajectory.getDialect()).fault(event.key(), trajectory);
        fault.ifPresent(what -> breaks.add(Invariant.MISMATCHED, what + " at " + place(event)));
        group.set(index, GroupBook.SCORED);
        group.closed = true;
        group.scoredMs = Math.max(group.scoredMs, event.timestampMs());
    }

    /** Notes that a step of the lineage consumed these rollouts. */
    void consumed(long step, Collection<String> rollouts, boolean trained) {
        for (String id : rollouts) {
            int index = index(id);
            GroupBook group = group(groupOf(id));
            if (index < 0 || !group.is(index, GroupBook.SCORED)) {
                breaks.add(Invariant.SCORED_WRONG, id + " is in step " + step + " without a score");
                if (index < 0) {
                    continue;
                }
            }
            if (group.is(index, GroupBook.TRAINED) || group.is(index, GroupBook.SKIPPED)) {
                breaks.add(Invariant.TRAINED_TWICE, id + " is in step " + step + " and in an earlier one");
            }
            group.set(index, trained ? GroupBook.TRAINED : GroupBook.SKIPPED);
        }
    }

    Collection<GroupBook> groups() {
        return groups.values();
    }

    /** Records of trajectories, repetitions included. */
    long written() {
        return written;
    }

    /** Trajectories that were delivered again, unchanged. */
    long repeated() {
        return repeated;
    }

    /** Searches that were asked again, unchanged. */
    long repeatedRequests() {
        return repeatedRequests;
    }

    /** Time of the newest record read. */
    long newestMs() {
        return newestMs;
    }

    /** The queries in the log of requests are those of the trajectory, or a finished turn was written again. */
    private void sameQueries(GroupBook group, int index, Event<Trajectory> event) {
        int turn = 0;
        for (Segment segment : event.value().getSegments()) {
            if (segment.getKind() == SegmentKind.DOCUMENTS
                    && !segment.getStatus().equals("LIMIT")) {
                int asked = group.query(index, turn);
                if (asked != 0 && asked != hash(segment.getQuery())) {
                    breaks.add(
                            Invariant.GENERATED_AGAIN,
                            event.value().getRolloutId() + " at " + place(event) + ": turn " + turn + " was asked as "
                                    + "another query than '" + segment.getQuery() + "'");
                }
                turn++;
            }
        }
        group.forgetQueries(index);
    }

    private GroupBook group(String id) {
        return groups.computeIfAbsent(id, GroupBook::new);
    }

    static String groupOf(String rolloutId) {
        int hash = rolloutId.lastIndexOf('#');
        return hash < 0 ? rolloutId : rolloutId.substring(0, hash);
    }

    /** Index of the rollout in its group; -1 if the id is none of a rollout. */
    private static int index(String rolloutId) {
        String number = rolloutId.substring(rolloutId.lastIndexOf('#') + 1);
        return number.length() <= 4 && !number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Integer.parseInt(number)
                : -1;
    }

    private static int hash(String text) {
        int hash = text.hashCode();
        return hash == 0 ? 1 : hash;
    }

    private static int sampledHash(Trajectory trajectory) {
        List<Integer> tokens = trajectory.getTokens();
        List<Boolean> sampled = trajectory.getSampled();
        int hash = 1;
        for (int i = 0; i < Math.min(tokens.size(), sampled.size()); i++) {
            if (sampled.get(i)) {
                hash = hash * 31 + tokens.get(i);
            }
        }
        return tokens.isEmpty() ? trajectory.getText().hashCode() : hash;
    }

    private static String place(Event<?> event) {
        return event.topic() + "-" + event.partition() + "@" + event.offset();
    }
}
