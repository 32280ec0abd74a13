package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.config.ConfigException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "fail")
    static final class Fail implements Callable<Integer> {
        private final RuntimeException error;

        Fail(RuntimeException error) {
            this.error = error;
        }

        @Override
        public Integer call() {
            throw error;
        }
    }

    private int execute(RuntimeException error, String... args) {
        CommandLine command = Main.commandLine();
        command.addSubcommand(new CommandLine(new Fail(error)));
        // Handlers reach only the subcommands that are there when they are set.
        command.setExecutionExceptionHandler(command.getExecutionExceptionHandler());
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(args);
    }

    @Test
    void unknownCommandIsRefusedWithASuggestion() {
        assertThat(execute(null, "docter")).isEqualTo(Main.REFUSED);
        assertThat(err.toString()).contains("docter").contains("Did you mean: seine doctor");
    }

    @Test
    void ofTheCommandsOnlyTheOneThatIsAskedForIsMade() {
        CommandLine asked = Main.commandLine("replay", "--verbose");
        assertThat(asked.getSubcommands()).containsOnlyKeys("replay");
        assertThat(asked.getSubcommands().get("replay").getCommandSpec().findOption("--verbose"))
                .isNotNull();
        assertThat(Main.commandLine("repaly").getSubcommands()).containsKeys("replay", "train");
    }

    @Test
    void noCommandIsRefused() {
        assertThat(execute(null)).isEqualTo(Main.REFUSED);
        assertThat(err.toString()).contains("seine: no command given; see seine --help");
    }

    @Test
    void errorIsOneLine() {
        assertThat(execute(new IllegalStateException("topic weights, offset 7: no such file"), "fail"))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString().lines()).containsExactly("seine: topic weights, offset 7: no such file");
    }

    @Test
    void verboseShowsTheTrace() {
        assertThat(execute(new IllegalStateException("broken"), "--verbose", "fail"))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("seine: broken").contains("at dev.seine.app.MainTest");
    }

    @Test
    void everyProblemOfAConfigurationIsALine() {
        assertThat(execute(new ConfigException(List.of("a.toml:1: x", "a.toml:2: y")), "fail"))
                .isEqualTo(Main.REFUSED);
        assertThat(err.toString().lines()).containsExactly("seine: a.toml:1: x", "seine: a.toml:2: y");
    }

    @Test
    void versionsAreFilledIn() {
        assertThat(execute(null, "--version")).isEqualTo(Main.DONE);
        assertThat(out.toString()).startsWith("seine ").contains("kafka ").doesNotContain("${");
    }
}
