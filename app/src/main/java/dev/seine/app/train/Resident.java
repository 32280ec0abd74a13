package dev.seine.app.train;

import dev.seine.app.report.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The resident memory of a run's processes, and the most that they took together. Reads {@code /proc}; elsewhere it stays at 0. */
final class Resident {
    private static final long KIB = 1024;

    private final Map<String, Long> processes = new LinkedHashMap<>();
    private ReportData.Memory peak = new ReportData.Memory(0, Map.of());

    /** Watches this process and the broker, if that is a child. */
    Resident(Optional<Long> broker) {
        processes.put("seine", ProcessHandle.current().pid());
        broker.ifPresent(pid -> processes.put("broker", pid));
    }

    /** What each process takes now, in MiB, as the metric {@code resident-NAME-mib}. */
    Map<String, Double> measure() {
        Map<String, Long> now = new LinkedHashMap<>();
        processes.forEach((name, pid) -> now.put(name, resident(pid)));
        long total = now.values().stream().mapToLong(Long::longValue).sum();
        if (total > peak.peakResidentBytes()) {
            peak = new ReportData.Memory(total, now);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        now.forEach((name, bytes) -> metrics.put("resident-" + name + "-mib", bytes / (double) (KIB * KIB)));
        return metrics;
    }

    ReportData.Memory peak() {
        return peak;
    }

    private static long resident(long pid) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        try {
            List<String> lines = Files.exists(status) ? Files.readAllLines(status) : List.of();
            return lines.stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // The process ended between the two looks.
            return 0;
        }
    }
}
