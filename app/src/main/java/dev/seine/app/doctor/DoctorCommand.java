package dev.seine.app.doctor;

import dev.seine.app.doctor.Finding.Level;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code seine doctor}: says what is missing and what to do about it; exit code 1 if a run cannot work. */
@Command(
        name = "doctor",
        description = "Check this machine, and a cluster if one is named, and say what to do.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            defaultValue = "runs/atlas",
            description = "Folder of the run (default: ${DEFAULT-VALUE}).")
    private Path run;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Kafka brokers to check.")
    private Optional<String> bootstrap;

    @Option(names = "--registry", paramLabel = "URL", description = "Schema registry to check.")
    private Optional<String> registry;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "Property for the Kafka clients, such as security.protocol=SSL; may be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine(new Doctor.Request(run, bootstrap, registry, properties));
        Ansi ansi = spec.commandLine().getColorScheme().ansi();
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> write(out, ansi, finding));
        boolean failed = findings.stream().anyMatch(finding -> finding.level() == Level.FAIL);
        out.println(failed ? "A run cannot work here yet." : "Ready.");
        out.flush();
        return failed ? 1 : 0;
    }

    private static void write(PrintWriter out, Ansi ansi, Finding finding) {
        String mark =
                switch (finding.level()) {
                    case OK -> ansi.string("@|green ok  |@");
                    case WARN -> ansi.string("@|yellow warn|@");
                    case FAIL -> ansi.string("@|bold,red fail|@");
                };
        out.printf("%s  %-15s %s%n", mark, finding.check(), finding.found());
        if (!finding.advice().isEmpty()) {
            out.printf("%21s  -> %s%n", "", finding.advice());
        }
    }
}
