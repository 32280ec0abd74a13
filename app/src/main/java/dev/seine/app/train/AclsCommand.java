package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.topics.Rights;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.common.acl.AclBinding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code seine acls}: the access rules that each role needs. */
@Command(
        name = "acls",
        description = {
            "Print the access rules that the roles of a policy need, as lines for Kafka's own kafka-acls tool.",
            "Each role is a user of the same name, or as --users says."
        },
        mixinStandardHelpOptions = true)
public final class AclsCommand implements Callable<Integer> {
    @Option(names = "--policy", description = "Name of the policy (default: ${DEFAULT-VALUE}).", defaultValue = "seine")
    private String policy;

    @Option(
            names = "--users",
            paramLabel = "PATTERN",
            description = "Name of a role's user, %%s being the role (default: ${DEFAULT-VALUE}).",
            defaultValue = "%s")
    private String users;

    @Override
    public Integer call() {
        new TreeMap<>(Rights.BY_ROLE).forEach((role, rights) -> {
            System.out.println("# " + role);
            rights.rules(policy, users.formatted(role)).forEach(rule -> System.out.println(line(rule)));
        });
        return Main.DONE;
    }

    private static String line(AclBinding rule) {
        String resource =
                switch (rule.pattern().resourceType()) {
                    case GROUP -> "--group";
                    case TRANSACTIONAL_ID -> "--transactional-id";
                    default -> "--topic";
                };
        return "--add --allow-principal %s --operation %s %s '%s' --resource-pattern-type %s"
                .formatted(
                        rule.entry().principal(),
                        rule.entry().operation(),
                        resource,
                        rule.pattern().name(),
                        rule.pattern().patternType().name().toLowerCase(Locale.ROOT));
    }
}
