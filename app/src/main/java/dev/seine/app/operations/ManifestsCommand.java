package dev.seine.app.operations;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code seine manifests}: topics and users for a Kafka cluster that Strimzi runs. */
@Command(
        name = "manifests",
        description =
                "Print topics, and users with the rights that the roles of a policy need, as resources of Strimzi.",
        mixinStandardHelpOptions = true)
public final class ManifestsCommand implements Callable<Integer> {
    @Option(names = "--policy", description = "Name of the policy (default: ${DEFAULT-VALUE}).", defaultValue = "seine")
    private String policy;

    @Option(
            names = "--cluster",
            description = "Name of the Kafka resource (default: ${DEFAULT-VALUE}).",
            defaultValue = "seine")
    private String cluster;

    @Option(
            names = "--users",
            paramLabel = "PATTERN",
            description = "Name of a role's user, %%s being the role (default: ${DEFAULT-VALUE}).",
            defaultValue = "seine-%s")
    private String users;

    @Option(
            names = "--replicas",
            description = "Replicas of each record (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int replicas;

    @Override
    public Integer call() {
        System.out.print(StrimziManifests.of(cluster, policy, users, replicas));
        return ExitCode.OK;
    }
}
