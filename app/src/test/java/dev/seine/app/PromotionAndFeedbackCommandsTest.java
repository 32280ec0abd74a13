package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.train.RunFolder;
import dev.seine.event.Feedback;
import dev.seine.event.Verdict;
import dev.seine.policy.ModelConfig;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.EmbeddedBroker;
import dev.seine.topics.EmbeddedRegistry;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Table;
import dev.seine.topics.Topics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The commands of who runs live answers, as they are typed: what they print and their exit codes. The run has versions 1 and 2; each test has a policy
 * of its own.
 */
class PromotionAndFeedbackCommandsTest {
    @TempDir
    private static Path dir;

    private static RunFolder folder;
    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static Clients clients;

    /** How a command ended. */
    private record Ran(int code, String out, String err) {
        /** What it printed, without the times of decisions. */
        List<String> lines() {
            return out.lines()
                    .map(line -> line.replaceAll("^\\S+Z +", "").replaceAll(" +", " "))
                    .toList();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        folder = new RunFolder(dir.resolve("run")).create();
        Files.writeString(folder.config(), "");
        new ModelConfig(8, 4, 8, 1, 1, 1, 4, 16, 10_000, 1e-6, true, true).write(folder.modelConfig());
        Files.writeString(folder.tokenizer(), "{}");
        for (long version : List.of(1L, 2L)) {
            Files.createDirectories(folder.weights());
            Files.writeString(folder.weights(version), "weights " + version);
        }
        broker = EmbeddedBroker.start(dir.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrap());
        clients = new Clients(Connection.of(broker.bootstrap(), registry.url()));
        clients.createTopics();
    }

    @AfterAll
    static void stop() {
        clients.close();
        registry.close();
        broker.close();
    }

    private static Ran run(String policy, String... command) {
        return run(folder.root(), policy, command);
    }

    private static Ran run(Path run, String policy, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--run=" + run,
                "--bootstrap=" + broker.bootstrap(),
                "--registry=" + registry.url(),
                "--set=run.policy=" + policy));
        StringWriter err = new StringWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = Main.commandLine().setErr(new PrintWriter(err));
            int code = line.execute(arguments.toArray(String[]::new));
            return new Ran(
                    code, out.toString(StandardCharsets.UTF_8), err.toString().strip());
        } finally {
            System.setOut(before);
        }
    }

    private static void done(Ran ran, String... lines) {
        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isEqualTo(Main.DONE);
        assertThat(ran.lines()).containsExactly(lines);
    }

    private static void failed(Ran ran, int code, String... said) {
        assertThat(ran.err()).startsWith("seine: ").contains(said).hasLineCount(1);
        assertThat(ran.code()).isEqualTo(code);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void beforeAnyDecisionTheNewestServeAndNothingCanBeTakenBack() {
        done(run("none", "promotions"), "no decisions on policy none yet: the newest weights serve");
        failed(run("none", "rollback"), Main.FAILED, "nothing was ever promoted of policy none");
    }

    @Test
    void aVersionIsPromotedTriedOutPromotedInFullAndTakenBack() {
        String by = "by operator ";
        done(run("steps", "promote", "1", "--because=checked by hand"), "promoted v1 " + by + "checked by hand");
        failed(run("steps", "rollback"), Main.FAILED, "version 1 of policy steps is the first that served");
        done(run("steps", "promote", "--share=0.25"), "canary v2 " + by); // the newest
        assertThat(run("steps", "promotions").lines()).endsWith("serving v1, canary v2 of 0.25");
        done(run("steps", "promote"), "promoted v2 " + by); // the canary
        assertThat(run("steps", "promotions").lines()).endsWith("serving v2, canary none");
        done(run("steps", "rollback", "--because=wrong capitals"), "rolled back v1 " + by + "wrong capitals");
        done(
                run("steps", "promotions"),
                "promoted v1 " + by + "checked by hand",
                "canary v2 " + by,
                "promoted v2 " + by,
                "rolled back v1 " + by + "wrong capitals",
                "serving v1, canary none");
    }

    @Test
    void aCanaryThatIsTakenBackLeavesWhatServes() {
        run("canary", "promote", "v1");
        run("canary", "promote", "2", "--share=0.5");
        done(run("canary", "rollback"), "rolled back v1 by operator ");
        assertThat(run("canary", "promotions").lines()).endsWith("serving v1, canary none");
    }

    @Test
    void whatCannotServeIsRefusedAndNothingIsDecided() {
        failed(run("bad", "promote", "7"), Main.REFUSED, "no weights 7 (", "cold-start and versions [1, 2]");
        failed(run("bad", "promote", "seven"), Main.REFUSED, "no weights seven (", "versions [1, 2]");
        failed(
                run("bad", "promote", folder.tokenizer().toString()),
                Main.REFUSED,
                "a version is needed, got the file " + folder.tokenizer());
        for (String share : List.of("0", "1", "-0.1", "NaN")) {
            failed(
                    run("bad", "promote", "1", "--share=" + share),
                    Main.REFUSED,
                    "--share must be above 0 and below 1, got " + Double.valueOf(share));
        }
        assertThat(run("bad", "promote", "1", "--share=half").code()).isEqualTo(Main.REFUSED);
        assertThat(run("bad", "promote", "1", "2").code()).isEqualTo(Main.REFUSED);
        done(run("bad", "promotions"), "no decisions on policy bad yet: the newest weights serve");
    }

    @Test
    void withoutARunThereIsNothingToDecideOn() {
        Path nowhere = dir.resolve("nowhere");
        for (String command : List.of("promotions", "promote", "rollback")) {
            failed(run(nowhere, "any", command), Main.FAILED, "no run in " + nowhere, "seine prepare --run");
        }
        failed(run(nowhere, "any", "forget", "--answer=a"), Main.FAILED, "no run in " + nowhere);
    }

    @Test
    void feedbackIsForgottenByItsAnswerOrByWhoGaveIt() {
        say("a1", "key-1");
        say("a2", "key-1");
        say("a3", "key-2");
        say("a4", "key-2");
        done(run("any", "forget", "--answer=a3"), "deleted: feedback on 1 answer");
        assertThat(left()).containsExactlyInAnyOrder("a1", "a2", "a4");
        done(run("any", "forget", "--by=key-1"), "deleted: feedback on 2 answers");
        assertThat(left()).containsExactly("a4");
        done(run("any", "forget", "--by=nobody"), "deleted: feedback on 0 answers");
        failed(run("any", "forget"), Main.REFUSED, "one of --answer and --by is needed");
        failed(run("any", "forget", "--by=key-2", "--answer=a4"), Main.REFUSED, "one of --answer and --by is needed");
        assertThat(left()).containsExactly("a4");
    }

    private static void say(String answer, String by) {
        try (EventProducer producer = clients.producer("test")) {
            producer.send(
                    Topics.FEEDBACK,
                    answer,
                    Feedback.newBuilder()
                            .setAnswerId(answer)
                            .setVerdict(Verdict.RIGHT)
                            .setBy(by)
                            .setAtMs(1)
                            .build());
        }
    }

    private static Set<String> left() {
        try (Table<Feedback> table = clients.table(Topics.FEEDBACK, "test")) {
            table.readToEnd();
            return Set.copyOf(table.latest().keySet());
        }
    }
}
