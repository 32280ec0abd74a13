package dev.seine.app.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An evaluation of one or more checkpoints on the same questions; what its {@code report.json} holds.
 *
 * @param title of the page
 * @param search whether search was free, never or always
 * @param judge the judging model; empty if none was asked
 * @param scores by checkpoint and question set
 * @param probes closed-book accuracy by class of facts, by checkpoint; empty if the data has no probe
 * @param skipped questions that could not be asked, by reason
 */
public record EvaluationData(
        String title,
        String search,
        String judge,
        List<Score> scores,
        Map<String, List<Recall>> probes,
        Map<String, Long> skipped,
        ReportData.Machine machine) {

    /** Keeps copies; the checkpoints' order counts. */
    public EvaluationData {
        scores = List.copyOf(scores);
        probes = new LinkedHashMap<>(probes);
        skipped = Map.copyOf(skipped);
    }

    /** Names of the checkpoints, in order. */
    List<String> checkpoints() {
        return scores.stream().map(Score::checkpoint).distinct().toList();
    }

    /** Names of the question sets, in order. */
    List<String> datasets() {
        return scores.stream().map(Score::dataset).distinct().toList();
    }
}
