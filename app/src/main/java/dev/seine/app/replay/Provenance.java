package dev.seine.app.replay;

import dev.seine.app.train.RunFolder;
import dev.seine.event.LearnerStep;
import dev.seine.event.OffsetRange;
import dev.seine.event.Passage;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.topics.Event;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Where something comes from and what came of it, with the place in the log of everything that is named. */
final class Provenance {
    private final Archive archive;
    private final RunFolder folder;

    Provenance(Archive archive, RunFolder folder) {
        this.archive = archive;
        this.folder = folder;
    }

    /** From a scored trajectory to its question, searches, weights, rewards and step. */
    List<String> of(Row row, Event<ScoredTrajectory> event) {
        Trajectory t = event.value().getTrajectory();
        List<String> lines = new ArrayList<>();
        lines.add(Ink.harmless(t.getRolloutId() + ": " + event.value().getAnswer()));
        lines.add("asked by");
        place(lines, Topics.QUESTIONS.name(), IndexFields.QUESTION, t.getQuestionId());
        lines.add("searched");
        place(lines, Topics.RETRIEVAL_REQUESTS.name(), IndexFields.ROLLOUT, t.getRolloutId());
        place(lines, Topics.RETRIEVAL_RESPONSES.name(), IndexFields.ROLLOUT, t.getRolloutId());
        for (Segment segment : t.getSegments()) {
            for (Passage passage : segment.getPassages()) {
                lines.add(Ink.harmless("  '" + segment.getQuery() + "' -> passage " + passage.getId() + ", score "
                        + passage.getScore()));
            }
        }
        lines.add("written by");
        place(lines, Topics.TRAJECTORIES.name(), IndexFields.ROLLOUT, t.getRolloutId());
        TreeSet<Long> versions = new TreeSet<>();
        t.getSegments().stream()
                .filter(s -> s.getKind() == SegmentKind.GENERATED && s.getPolicyVersion() >= 0)
                .forEach(s -> versions.add(s.getPolicyVersion()));
        versions.forEach(version -> lines.addAll(weights(version)));
        lines.add("scored");
        lines.add("  " + event.topic() + "-" + event.partition() + "@" + event.offset() + "  reward "
                + event.value().getRewards().getTotal() + ", recipe "
                + Ink.harmless(event.value().getRecipe())
                + ", configuration " + event.value().getRewardSha256());
        lines.add("remembered");
        place(lines, Topics.MEMORY_SAMPLES.name(), IndexFields.ROLLOUT, t.getRolloutId());
        lines.add("consumed");
        if (row.step() < 0) {
            lines.add("  by no step");
        } else {
            lines.add("  by step " + row.step() + ": " + Ink.harmless(row.fate()));
            steps(lines, row.step());
        }
        lines.add("configuration");
        lines.add("  " + (Files.exists(folder.config()) ? folder.config() : "not in the run folder"));
        return lines;
    }

    /** From a step to its rollouts, passages, memory, weights before and after, and their records. */
    List<String> of(long step) {
        LearnerStep plan = archive.planned(step)
                .map(Event::value)
                .orElseThrow(() -> new IllegalArgumentException("no plan of step " + step + " in the log"));
        List<String> lines = new ArrayList<>();
        lines.add("step " + step + " of " + plan.getPolicy() + ", recipe " + plan.getRecipe());
        steps(lines, step);
        lines.add("from weights");
        lines.addAll(weights(plan.getVersionIn()));
        lines.add("to weights");
        lines.addAll(weights(plan.getVersionOut()));
        lines.add("out of the records");
        for (OffsetRange range : plan.getSources()) {
            lines.add("  " + range.getTopic() + "-" + range.getPartition() + "@" + range.getFrom() + ".."
                    + (range.getTo() - 1));
        }
        lines.add("trained " + plan.getTrained().size() + " rollouts, skipped");
        plan.getSkipped().forEach((reason, ids) -> lines.add("  " + Ink.harmless(reason) + " " + ids.size()));
        lines.add("in groups");
        Map<String, Integer> passages = new TreeMap<>();
        Map<String, int[]> groups = new TreeMap<>();
        for (Row row : archive.index().rows(Wanted.step(step), Wanted.Order.TIME, 0, 100_000)) {
            int[] counts = groups.computeIfAbsent(row.group(), g -> new int[3]);
            counts[0]++;
            counts[1] += row.correct() ? 1 : 0;
            counts[2] += row.searches();
            archive.scored(row).ifPresent(e -> e.value().getTrajectory().getSegments().stream()
                    .flatMap(s -> s.getPassages().stream())
                    .forEach(p -> passages.merge(p.getId(), 1, Integer::sum)));
        }
        groups.forEach((group, counts) -> lines.add("  %s: %d rollouts, %d right, %d searches"
                .formatted(Ink.harmless(group), counts[0], counts[1], counts[2])));
        lines.add("with " + plan.getMemorySamples().size() + " memory samples, of rollouts");
        plan.getMemorySamples().forEach(id -> lines.add("  " + Ink.harmless(id)));
        lines.add("having read passages");
        passages.forEach((id, count) -> lines.add("  " + Ink.harmless(id) + " x" + count));
        lines.add("configuration");
        lines.add("  " + (Files.exists(folder.config()) ? folder.config() : "not in the run folder"));
        return lines;
    }

    private void steps(List<String> lines, long step) {
        place(lines, Topics.LEARNER_STEPS.name(), IndexFields.NUMBER, Long.toString(step));
    }

    /** A version's announcement, file and the step that made it. */
    private List<String> weights(long version) {
        List<String> lines = new ArrayList<>();
        for (Place place : archive.index().places(Topics.WEIGHTS.name(), IndexFields.NUMBER, Long.toString(version))) {
            Optional<WeightsPublished> published =
                    archive.at(Topics.WEIGHTS, place).map(Event::value);
            String file = published.map(WeightsPublished::getUri).orElse("announcement compacted away");
            lines.add("  version " + version + "  " + place.at() + "  sha256 " + place.label() + "  " + file
                    + (published.filter(Provenance::kept).isPresent() ? "" : " (no longer kept)"));
        }
        if (version > 0) {
            lines.add("    made by step " + version);
        }
        return lines;
    }

    private static boolean kept(WeightsPublished published) {
        java.net.URI uri = java.net.URI.create(published.getUri());
        return !"file".equals(uri.getScheme()) || Files.exists(Path.of(uri));
    }

    private void place(List<String> lines, String topic, String field, String id) {
        for (Place place : archive.index().places(topic, field, id)) {
            String number = place.number() < 0 ? "" : " " + place.number();
            lines.add("  " + place.at() + "  " + Ink.harmless(place.label()) + number);
        }
    }
}
