package dev.seine.learner;

import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.StepPhase;
import dev.seine.topics.FencedProducer;
import dev.seine.topics.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes and writes the two events of each step. */
final class StepEvents {
    private final String policy;
    private final FencedProducer producer;
    private final InstantSource clock;

    StepEvents(String policy, FencedProducer producer, InstantSource clock) {
        this.policy = policy;
        this.producer = producer;
        this.clock = clock;
    }

    /** The plan of step {@code step}: what it consumes, trains and skips. Not written yet. */
    LearnerStep plan(
            long step, List<Group> groups, Selection selection, List<OffsetRange> memoryRead, List<Sequence> memory) {
        List<OffsetRange> sources = new ArrayList<>(ranges(groups));
        sources.addAll(memoryRead);
        String recipe = selection.consumed().isEmpty()
                ? ""
                : selection.consumed().get(0).getRecipe();
        return LearnerStep.newBuilder()
                .setPolicy(policy)
                .setStep(step)
                .setPhase(StepPhase.PLANNED)
                .setStage(Learner.STAGE)
                .setRecipe(recipe)
                .setVersionIn(step - 1)
                .setVersionOut(step)
                .setSources(sources)
                .setTrained(selection.trainedIds())
                .setSkipped(new HashMap<>(selection.skipped()))
                .setMemorySamples(memory.stream().map(Sequence::id).toList())
                .setAtMs(clock.millis())
                .build();
    }

    /** Writes it; it is there, with whatever was sent before, when the producer has committed. */
    void write(LearnerStep event) {
        producer.send(Topics.LEARNER_STEPS, policy, event);
    }

    /** The same step, applied. */
    LearnerStep applied(LearnerStep plan, Map<String, Double> metrics, long tookMs) {
        return LearnerStep.newBuilder(plan)
                .setPhase(StepPhase.APPLIED)
                .setMetrics(metrics)
                .setTookMs(tookMs)
                .setAtMs(clock.millis())
                .build();
    }

    /** Whether two plans consume and train the same, whenever they were made. */
    static boolean same(LearnerStep a, LearnerStep b) {
        return a.getTrained().equals(b.getTrained())
                && a.getSkipped().equals(b.getSkipped())
                && a.getMemorySamples().equals(b.getMemorySamples());
    }

    /** Records of the groups' members, as few ranges as possible. */
    private static List<OffsetRange> ranges(List<Group> groups) {
        Map<Integer, TreeSet<Long>> offsets = new TreeMap<>();
        groups.forEach(
                group -> group.members().forEach(e -> offsets.computeIfAbsent(e.partition(), p -> new TreeSet<>())
                        .add(e.offset())));
        List<OffsetRange> ranges = new ArrayList<>();
        offsets.forEach((partition, all) -> {
            long from = all.first();
            long to = from;
            for (long offset : all) {
                if (offset > to) {
                    ranges.add(new OffsetRange(Topics.SCORED_TRAJECTORIES.name(), partition, from, to));
                    from = offset;
                }
                to = offset + 1;
            }
            ranges.add(new OffsetRange(Topics.SCORED_TRAJECTORIES.name(), partition, from, to));
        });
        return ranges;
    }
}
