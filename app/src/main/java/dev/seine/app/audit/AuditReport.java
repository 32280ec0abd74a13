package dev.seine.app.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an audit found.
 *
 * @param produced distinct rollouts that have a trajectory
 * @param trained of them, in a batch of the lineage
 * @param skipped of them, by reason: those of the learner, and {@code late} for what came after its group had closed
 * @param inFlight of them, on their way when the log ended
 * @param notWritten rollouts asked for that had no trajectory yet and are not due
 * @param counts further counts, such as repeated deliveries, by name
 * @param findings every invariant
 */
public record AuditReport(
        long produced,
        long trained,
        Map<String, Long> skipped,
        long inFlight,
        long notWritten,
        Map<String, Long> counts,
        List<Finding> findings) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One invariant.
     *
     * @param broken how often it is broken; 0 where it holds
     * @param examples the first breaks
     */
    public record Finding(Invariant invariant, long broken, List<String> examples) {}

    /** Copies the collections. */
    public AuditReport {
        skipped = Collections.unmodifiableMap(new LinkedHashMap<>(skipped));
        counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
        findings = List.copyOf(findings);
    }

    /** Whether every invariant holds. */
    public boolean holds() {
        return findings.stream().allMatch(f -> f.broken() == 0);
    }

    /** How often an invariant is broken. */
    public long broken(Invariant invariant) {
        return findings.stream()
                .filter(f -> f.invariant() == invariant)
                .mapToLong(Finding::broken)
                .sum();
    }

    /** Lines for a person. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        long left = skipped.values().stream().mapToLong(Long::longValue).sum();
        lines.add("produced %,d = trained %,d + skipped %,d + in flight %,d%s"
                .formatted(produced, trained, left, inFlight, balanced() ? "" : "   (does not add up)"));
        skipped.forEach((reason, count) -> lines.add("  skipped %-22s %,10d".formatted(reason, count)));
        lines.add("asked for and not yet due    %,8d".formatted(notWritten));
        counts.forEach((name, count) -> lines.add("%-26s %,10d".formatted(name, count)));
        lines.add("");
        for (Finding finding : findings) {
            lines.add("%s %,d %s"
                    .formatted(
                            finding.broken() == 0 ? "ok    " : "BROKEN",
                            finding.broken(),
                            finding.invariant().label()));
            finding.examples().forEach(example -> lines.add("         " + example));
        }
        lines.add(holds() ? "every invariant holds" : "the log breaks its invariants");
        return lines;
    }

    /** Writes everything as JSON. */
    public void write(Path file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("holds", holds());
        json.put("produced", produced);
        json.put("trained", trained);
        json.put("skipped", skipped);
        json.put("in-flight", inFlight);
        json.put("not-written", notWritten);
        json.put("counts", counts);
        Map<String, Object> invariants = new LinkedHashMap<>();
        findings.forEach(f -> invariants.put(
                f.invariant().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                Map.of("broken", f.broken(), "examples", f.examples())));
        json.put("invariants", invariants);
        try {
            Files.write(file, JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private boolean balanced() {
        return produced
                == trained
                        + inFlight
                        + skipped.values().stream().mapToLong(Long::longValue).sum();
    }
}
