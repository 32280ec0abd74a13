package dev.seine.app.audit;

import dev.seine.app.config.Durations;
import dev.seine.app.train.Cluster;
import dev.seine.app.train.RunOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine audit}: proves or breaks the invariants of a run from its log; exit code 1 if one is broken. */
@Command(
        name = "audit",
        description = {
            "Account for every rollout of a run from its log: trained, skipped, in flight, lost.",
            "Exit code 1 if an invariant is broken."
        },
        mixinStandardHelpOptions = true)
public final class AuditCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the findings as JSON, too.")
    private @Nullable Path out;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "What is younger than this at the end of the log is in flight, not lost; such as 90s"
                    + " (default: twice the group deadline of the run).")
    private @Nullable String grace;

    @Override
    public Integer call() {
        Audit audit = new Audit(grace());
        AuditReport report;
        try (Cluster cluster = options.observe(audit::unreadable)) {
            report = audit.run(cluster.clients());
        }
        report.lines().forEach(System.out::println);
        if (out != null) {
            report.write(out);
        }
        return report.holds() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private Duration grace() {
        if (grace != null) {
            return Durations.parse(grace)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--grace must be a duration such as 90s, got '" + grace + "'"));
        }
        return options.known()
                ? options.begun(List.of()).reward().groupTimeout().multipliedBy(2)
                : Duration.ofMinutes(10);
    }
}
