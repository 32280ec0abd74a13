package dev.seine.app.train;

import dev.seine.app.health.Collapse;
import dev.seine.app.health.HealthConfig;
import dev.seine.app.health.HealthRules;
import dev.seine.app.health.Warning;
import dev.seine.app.report.ReportData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a run: each collapse is reported once, and the weights with the best accuracy of the rollouts, over a window of steps, are kept
 * beyond the learner's pruning, so that a run which collapses has not lost them.
 */
final class HealthWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

    private final HealthConfig config;
    private final RunFolder folder;
    private final Set<Collapse> reported = EnumSet.noneOf(Collapse.class);
    private final List<Warning> warnings = new ArrayList<>();
    private int seen;
    private int best = -1;
    private double bestAccuracy = -1;

    HealthWatch(HealthConfig config, RunFolder folder) {
        this.config = config;
        this.folder = folder;
    }

    /** Looks at the metrics by step; returns the collapses that show for the first time. */
    List<Warning> look(SortedMap<Integer, Map<String, Double>> metrics) {
        if (metrics.size() == seen) {
            return List.of();
        }
        if (seen == 0 && Files.exists(folder.bestWeights())) {
            metrics.headMap(metrics.lastKey()).keySet().forEach(step -> better(metrics, step));
        }
        seen = metrics.size();
        keepBest(metrics);
        List<Warning> fresh = HealthRules.of(metrics, config).stream()
                .filter(warning -> reported.add(warning.collapse()))
                .toList();
        fresh.forEach(warning -> LOG.warn("{}", warning));
        warnings.addAll(fresh);
        return fresh;
    }

    /** Whether the run is to end. */
    boolean stops() {
        return config.stop() && !warnings.isEmpty();
    }

    /** What was found, for the report. */
    ReportData.Health health() {
        return new ReportData.Health(
                warnings.stream()
                        .map(w -> new ReportData.Warning(w.step(), w.collapse().id(), w.figures()))
                        .toList(),
                stops(),
                best,
                Math.max(0, bestAccuracy));
    }

    /** Whether the window that ends with this step is the best so far; then it is remembered, so that a resumed run goes on from it. */
    private boolean better(SortedMap<Integer, Map<String, Double>> metrics, int step) {
        var window = metrics.subMap(step - config.window() + 1, step + 1).values();
        double accuracy = window.stream()
                .mapToDouble(m -> m.getOrDefault("correct", 0.0))
                .average()
                .orElse(0);
        if (window.size() < config.window() || accuracy <= bestAccuracy) {
            return false;
        }
        best = step - 1;
        bestAccuracy = accuracy;
        return true;
    }

    /** The rollouts of a step show what the weights could do that it started from. */
    private void keepBest(SortedMap<Integer, Map<String, Double>> metrics) {
        Path weights = folder.weights(metrics.lastKey() - 1L);
        if (!Files.exists(weights) || !better(metrics, metrics.lastKey())) {
            return;
        }
        try {
            Path link = Files.createLink(folder.root().resolve("best.part"), weights);
            Files.move(link, folder.bestWeights(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            // A rename between two names of one file does nothing.
            Files.deleteIfExists(link);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + weights + " as " + folder.bestWeights(), e);
        }
    }
}
