package dev.seine.app.doctor;

import dev.seine.app.Failures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Checks all that a run needs. A check that itself fails is a finding; none of them changes anything that stays. */
final class Doctor {
    /**
     * What to look at.
     *
     * @param run the folder that the run is written to; it need not be there yet
     * @param bootstrap brokers, if the run is to use some that are there
     * @param registry schema registry, if the run is to use one that is there
     * @param properties for the Kafka clients
     */
    record Request(Path run, Optional<String> bootstrap, Optional<String> registry, Map<String, String> properties) {}

    private record Check(String name, Supplier<Finding> look, String advice) {}

    private Doctor() {}

    /** The findings, in a fixed order. */
    static List<Finding> examine(Request request) {
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks(request)) {
            try {
                findings.add(check.look.get());
            } catch (RuntimeException | LinkageError e) {
                findings.add(Finding.fail(check.name, Failures.line(e), check.advice));
            }
        }
        return List.copyOf(findings);
    }

    private static List<Check> checks(Request request) {
        Services services = new Services(request);
        return List.of(
                new Check("JDK", Machine::jdk, "use a JDK 17 or newer"),
                new Check("cores", Machine::cores, ""),
                new Check("memory", Machine::memory, ""),
                new Check("run folder", () -> Machine.folder(request.run()), "give another folder with --run"),
                new Check("loopback ports", Machine::ports, "allow programs to listen on 127.0.0.1"),
                new Check("PyTorch", Libraries::torch, Libraries.ADVICE),
                new Check("tokenizers", Libraries::tokenizers, Libraries.ADVICE),
                new Check("Kafka", services::broker, "check --bootstrap, and that the broker runs and can be reached"),
                new Check("registry", services::registry, "check --registry, and that the registry runs"));
    }
}
