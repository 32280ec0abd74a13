package dev.seine.app.rescore;

import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/** What another scoring of the same groups changes. Sums and a few extremes only, so it does not grow with the run. Not safe for use by several threads. */
final class Difference {
    private static final int EXTREMES = 10;
    private static final Comparator<Change> GAIN =
            Comparator.comparingDouble(Change::gain).thenComparing(Change::rollout, Comparator.reverseOrder());

    private final Map<String, double[]> parts = new TreeMap<>();
    private final PriorityQueue<Change> winners = new PriorityQueue<>(GAIN);
    private final PriorityQueue<Change> losers = new PriorityQueue<>(GAIN.reversed());
    private long rollouts;
    private long equal;
    private long groups;
    private long reordered;
    private long newBest;
    private long nowRight;
    private long nowWrong;

    /** A rollout's advantage before and after. */
    record Change(String rollout, double before, double after) {
        double gain() {
            return after - before;
        }
    }

    /** Adds a group; both lists hold the same rollouts, by index. */
    void add(List<ScoredTrajectory> before, List<ScoredTrajectory> after) {
        groups++;
        for (int i = 0; i < before.size(); i++) {
            ScoredTrajectory old = before.get(i);
            ScoredTrajectory fresh = after.get(i);
            rollouts++;
            equal += old.equals(fresh) ? 1 : 0;
            nowRight += !old.getCorrect() && fresh.getCorrect() ? 1 : 0;
            nowWrong += old.getCorrect() && !fresh.getCorrect() ? 1 : 0;
            parts(old.getRewards(), 0);
            parts(fresh.getRewards(), 1);
            extremes(new Change(old.getTrajectory().getRolloutId(), old.getAdvantage(), fresh.getAdvantage()));
        }
        boolean swapped = false;
        for (int i = 0; i < before.size() && !swapped; i++) {
            for (int j = 0; j < i && !swapped; j++) {
                swapped = order(before, i, j) != order(after, i, j);
            }
        }
        reordered += swapped ? 1 : 0;
        newBest += best(before).equals(best(after)) ? 0 : 1;
    }

    /** Adds everything of another. */
    void add(Difference other) {
        rollouts += other.rollouts;
        equal += other.equal;
        groups += other.groups;
        reordered += other.reordered;
        newBest += other.newBest;
        nowRight += other.nowRight;
        nowWrong += other.nowWrong;
        other.parts.forEach((name, sums) -> {
            double[] mine = parts.computeIfAbsent(name, n -> new double[2]);
            mine[0] += sums[0];
            mine[1] += sums[1];
        });
        other.winners.forEach(this::extremes);
        other.losers.forEach(this::extremes);
    }

    long rollouts() {
        return rollouts;
    }

    /** Records that came out as they were. */
    long equal() {
        return equal;
    }

    /** Groups whose rollouts stand in another order. */
    long reordered() {
        return reordered;
    }

    /** Lines for a person. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%,d trajectories in %,d groups, %,d come out equal in every field".formatted(rollouts, groups, equal));
        lines.add("%,d groups in another order, %,d with another best; %,d answers now right, %,d now wrong"
                .formatted(reordered, newBest, nowRight, nowWrong));
        lines.add("%-10s %10s %10s %10s".formatted("mean of", "before", "after", "change"));
        parts.forEach((name, sums) -> lines.add("%-10s %+10.4f %+10.4f %+10.4f"
                .formatted(name, sums[0] / rollouts, sums[1] / rollouts, (sums[1] - sums[0]) / rollouts)));
        changes(lines, "gain most", sorted(winners, GAIN.reversed()));
        changes(lines, "lose most", sorted(losers, GAIN));
        return lines;
    }

    private static void changes(List<String> lines, String title, List<Change> changes) {
        List<Change> real = changes.stream()
                .filter(c -> title.startsWith("gain") ? c.gain() > 0 : c.gain() < 0)
                .toList();
        if (!real.isEmpty()) {
            lines.add(title + " (advantage):");
            real.forEach(c -> lines.add("  %+8.4f -> %+8.4f  %s".formatted(c.before(), c.after(), c.rollout())));
        }
    }

    private static List<Change> sorted(Collection<Change> changes, Comparator<Change> order) {
        TreeSet<Change> distinct = new TreeSet<>(order);
        distinct.addAll(changes);
        return distinct.stream().limit(EXTREMES).toList();
    }

    private void extremes(Change change) {
        keep(winners, change);
        keep(losers, change);
    }

    private static void keep(PriorityQueue<Change> queue, Change change) {
        queue.add(change);
        if (queue.size() > EXTREMES) {
            queue.remove();
        }
    }

    private void parts(Rewards rewards, int when) {
        part("format", rewards.getFormat(), when);
        part("answer", rewards.getAnswer(), when);
        part("group", rewards.getGroup(), when);
        part("memory", rewards.getMemory(), when);
        rewards.getOther().forEach((name, value) -> part(name, value, when));
        part("total", rewards.getTotal(), when);
    }

    private void part(String name, double value, int when) {
        parts.computeIfAbsent(name, n -> new double[2])[when] += value;
    }

    private static int order(List<ScoredTrajectory> group, int i, int j) {
        return Double.compare(
                group.get(i).getRewards().getTotal(), group.get(j).getRewards().getTotal());
    }

    private static String best(List<ScoredTrajectory> group) {
        return group.stream()
                .max(Comparator.comparingDouble(s -> s.getRewards().getTotal()))
                .orElseThrow()
                .getTrajectory()
                .getRolloutId();
    }
}
