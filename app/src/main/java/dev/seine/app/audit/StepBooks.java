package dev.seine.app.audit;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.event.WeightsPublished;
import dev.seine.learner.Learner;
import dev.seine.policy.Sha256;
import dev.seine.topics.Event;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The lineage of one or more policies' weights: of a step planned several times the last plan holds, as it does for a learner that comes
 * back. A step that was planned again with the same batch is the same step.
 */
final class StepBooks {
    private final Breaks breaks;
    private final Map<String, TreeMap<Long, Step>> lineages = new TreeMap<>();
    private final Map<String, TreeMap<Long, Weights>> weights = new TreeMap<>();
    private long plannedAgain;
    private long announcedAgain;
    private long filesVerified;
    private long lastPlanMs;

    /** The last plan of a step. */
    private record Step(LearnerStep plan, boolean applied) {}

    /** What was announced of a version. */
    private record Weights(String sha256, String uri) {}

    StepBooks(Breaks breaks) {
        this.breaks = breaks;
    }

    void step(Event<LearnerStep> event) {
        LearnerStep step = event.value();
        if (!step.getStage().equals(Learner.STAGE)) {
            return;
        }
        TreeMap<Long, Step> steps = lineages.computeIfAbsent(step.getPolicy(), p -> new TreeMap<>());
        Step known = steps.get(step.getStep());
        boolean applied = known != null && known.applied;
        boolean same = known == null || sameBatch(known.plan, step);
        if (applied && !same) {
            breaks.add(
                    Invariant.STEP_GAPS,
                    step.getPolicy() + " step " + step.getStep() + " was applied with one batch and " + step.getPhase()
                            + " with another at " + event.topic() + "@" + event.offset());
        }
        if (step.getPhase() == StepPhase.PLANNED) {
            plannedAgain += known == null ? 0 : 1;
            lastPlanMs = Math.max(lastPlanMs, event.timestampMs());
            steps.put(step.getStep(), new Step(step, applied && same));
        } else if (known == null) {
            breaks.add(
                    Invariant.STEP_GAPS, step.getPolicy() + " step " + step.getStep() + " was applied without a plan");
            steps.put(step.getStep(), new Step(step, true));
        } else {
            steps.put(step.getStep(), new Step(known.plan, true));
        }
    }

    void weights(Event<WeightsPublished> event) {
        WeightsPublished published = event.value();
        TreeMap<Long, Weights> versions = weights.computeIfAbsent(published.getPolicy(), p -> new TreeMap<>());
        Weights now = new Weights(published.getSha256(), published.getUri());
        Weights before = versions.put(published.getVersion(), now);
        if (before != null && before.sha256().equals(now.sha256())) {
            announcedAgain++;
        } else if (before != null) {
            breaks.add(
                    Invariant.WEIGHTS,
                    published.getPolicy() + " version " + published.getVersion() + " was announced with checksum "
                            + before.sha256() + " and later with " + now.sha256());
        }
    }

    /** Checks the chain of steps and versions, and hands the lineage's batches to the books of the rollouts. */
    void close(RolloutBooks rollouts) {
        lineages.forEach((policy, steps) -> {
            long expected = 1;
            for (Map.Entry<Long, Step> entry : steps.entrySet()) {
                chain(policy, entry.getKey(), expected, entry.getValue(), steps.lastKey());
                expected = entry.getKey() + 1;
                LearnerStep plan = entry.getValue().plan;
                rollouts.consumed(entry.getKey(), plan.getTrained(), true);
                plan.getSkipped().values().forEach(ids -> rollouts.consumed(entry.getKey(), ids, false));
            }
        });
        weights.forEach((policy, versions) -> {
            TreeMap<Long, Step> steps = lineages.getOrDefault(policy, new TreeMap<>());
            versions.forEach((version, published) -> {
                if (version > 0 && !steps.containsKey(version)) {
                    breaks.add(Invariant.WEIGHTS, policy + " version " + version + " was announced without its step");
                }
                file(policy, version, published);
            });
        });
    }

    /** Trained rollouts of the lineages. */
    long trained() {
        return plans().stream().mapToLong(p -> p.getTrained().size()).sum();
    }

    /** Skipped rollouts of the lineages, by reason. */
    Map<String, Long> skipped() {
        Map<String, Long> reasons = new TreeMap<>();
        plans().forEach(p -> p.getSkipped().forEach((why, ids) -> reasons.merge(why, (long) ids.size(), Long::sum)));
        return reasons;
    }

    long steps() {
        return plans().size();
    }

    long applied() {
        return lineages.values().stream()
                .flatMap(steps -> steps.values().stream())
                .filter(s -> s.applied)
                .count();
    }

    long versions() {
        return weights.values().stream().mapToLong(Map::size).sum();
    }

    long plannedAgain() {
        return plannedAgain;
    }

    long announcedAgain() {
        return announcedAgain;
    }

    long filesVerified() {
        return filesVerified;
    }

    /** When the last step was planned; 0 if none was. */
    long lastPlanMs() {
        return lastPlanMs;
    }

    /** The last plan of every step. */
    List<LearnerStep> plans() {
        return lineages.values().stream()
                .flatMap(steps -> steps.values().stream())
                .map(s -> s.plan)
                .toList();
    }

    private void chain(String policy, long number, long expected, Step step, long last) {
        String name = policy + " step " + number;
        if (number != expected) {
            breaks.add(
                    Invariant.STEP_GAPS,
                    number - expected,
                    policy + " has no steps " + expected + " to " + (number - 1));
        }
        if (!step.applied && number != last) {
            breaks.add(Invariant.STEP_GAPS, name + " was planned, never applied, and later steps follow it");
        }
        if (step.plan.getVersionOut() != number || step.plan.getVersionIn() != number - 1) {
            breaks.add(
                    Invariant.WEIGHTS,
                    name + " goes from version " + step.plan.getVersionIn() + " to " + step.plan.getVersionOut());
        }
        TreeMap<Long, Weights> announced = weights.get(policy);
        if (step.applied && announced != null && announced.firstKey() <= number && !announced.containsKey(number)) {
            breaks.add(Invariant.WEIGHTS, name + " was applied, but version " + number + " was never announced");
        }
    }

    /** A file that is no longer kept says nothing; one that is there must be what was announced. */
    private void file(String policy, long version, Weights published) {
        URI uri = URI.create(published.uri());
        if (!"file".equals(uri.getScheme()) || !Files.isRegularFile(Path.of(uri))) {
            return;
        }
        String got = Sha256.of(Path.of(uri));
        if (got.equals(published.sha256())) {
            filesVerified++;
        } else {
            breaks.add(
                    Invariant.WEIGHTS,
                    policy + " version " + version + ": " + uri + " has checksum " + got + ", announced "
                            + published.sha256());
        }
    }

    private static boolean sameBatch(LearnerStep a, LearnerStep b) {
        Map<String, List<String>> skippedA = new HashMap<>(a.getSkipped());
        return a.getTrained().equals(b.getTrained())
                && skippedA.equals(b.getSkipped())
                && a.getMemorySamples().equals(b.getMemorySamples());
    }
}
