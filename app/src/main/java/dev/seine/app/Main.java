package dev.seine.app;

import dev.seine.app.audit.AuditCommand;
import dev.seine.app.chaos.ChaosCommand;
import dev.seine.app.config.ConfigException;
import dev.seine.app.doctor.DoctorCommand;
import dev.seine.app.operations.ManifestsCommand;
import dev.seine.app.replay.ReplayCommand;
import dev.seine.app.replay.ReplayStepCommand;
import dev.seine.app.replay.WhyCommand;
import dev.seine.app.rescore.RescoreCommand;
import dev.seine.app.search.BenchRetrievalCommand;
import dev.seine.app.search.EvaluateRetrievalCommand;
import dev.seine.app.search.ImportCommand;
import dev.seine.app.search.SyntheticCorpusCommand;
import dev.seine.app.train.AblateCommand;
import dev.seine.app.train.AclsCommand;
import dev.seine.app.train.BenchServingCommand;
import dev.seine.app.train.BrokerCommand;
import dev.seine.app.train.ColdStartCommand;
import dev.seine.app.train.EvaluateCommand;
import dev.seine.app.train.ExportCommand;
import dev.seine.app.train.ForgetCommand;
import dev.seine.app.train.KeysCommand;
import dev.seine.app.train.PrepareCommand;
import dev.seine.app.train.PromotionCommands;
import dev.seine.app.train.RegistryCommand;
import dev.seine.app.train.RejectionsCommand;
import dev.seine.app.train.RoleCommands;
import dev.seine.app.train.ScoreCommand;
import dev.seine.app.train.SelectCommand;
import dev.seine.app.train.ServeCommand;
import dev.seine.app.train.TopicsCommand;
import dev.seine.app.train.TrainCommand;
import dev.seine.app.viewer.ViewCommand;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: {@value #DONE} done, {@value #FAILED} failed, {@value #REFUSED} the command line or the
 * configuration was refused, {@value #COLLAPSED} training was ended by its health. An error is one line on standard error, with {@code --verbose} its trace.
 */
@Command(
        name = "seine",
        description = "Event-driven reinforcement learning for search agents, on Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        footer = {"", "Begin with: seine train"})
public final class Main implements Runnable {
    /** Exit code of a command that did what it was asked. */
    public static final int DONE = ExitCode.OK;

    /** Exit code of a command that could not. */
    public static final int FAILED = ExitCode.SOFTWARE;

    /** Exit code where command line or configuration are wrong. */
    public static final int REFUSED = ExitCode.USAGE;

    /** Exit code of a training run that was ended because it had collapsed, with what is left of it evaluated and reported. */
    public static final int COLLAPSED = 4;

    private static final List<Class<?>> COMMANDS = List.of(
            TrainCommand.class,
            PrepareCommand.class,
            BrokerCommand.class,
            RegistryCommand.class,
            RoleCommands.Publish.class,
            RoleCommands.Generate.class,
            RoleCommands.Answer.class,
            RoleCommands.Retrieve.class,
            ScoreCommand.class,
            RoleCommands.Rewrite.class,
            RoleCommands.Learn.class,
            RoleCommands.Feedback.class,
            RoleCommands.Gate.class,
            PromotionCommands.Promote.class,
            PromotionCommands.Rollback.class,
            PromotionCommands.Promotions.class,
            ForgetCommand.class,
            ServeCommand.class,
            KeysCommand.class,
            BenchServingCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            EvaluateRetrievalCommand.class,
            BenchRetrievalCommand.class,
            SyntheticCorpusCommand.class,
            AblateCommand.class,
            ColdStartCommand.class,
            SelectCommand.class,
            AuditCommand.class,
            ReplayCommand.class,
            RescoreCommand.class,
            ReplayStepCommand.class,
            WhyCommand.class,
            ViewCommand.class,
            TopicsCommand.class,
            RejectionsCommand.class,
            AclsCommand.class,
            ManifestsCommand.class,
            ChaosCommand.class,
            DoctorCommand.class);

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the trace of an error.")
    private boolean verbose;

    /** Runs a command and ends with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(args).execute(args));
    }

    /**
     * The command line with its handlers of errors. If these arguments begin with a command it knows that one only: to look at all of them takes
     * longer than some take to run.
     */
    static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(new Main());
        List<Class<?>> asked =
                COMMANDS.stream().filter(command -> asked(command, args)).toList();
        (asked.isEmpty() ? COMMANDS : asked).forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::refused)
                .setExecutionExceptionHandler(Main::failed);
    }

    private static boolean asked(Class<?> command, String[] args) {
        return args.length > 0 && command.getAnnotation(Command.class).name().equals(args[0]);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; see seine --help");
    }

    private static int refused(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("seine: " + error.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(error, err)) {
            err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return REFUSED;
    }

    private static int failed(Exception error, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (error instanceof ConfigException config) {
            config.problems().forEach(problem -> err.println("seine: " + problem));
        } else {
            err.println("seine: " + Failures.line(error));
        }
        Main main = (Main) command.getCommandSpec().root().userObject();
        if (main.verbose) {
            error.printStackTrace(err);
        }
        err.flush();
        return error instanceof ConfigException ? REFUSED : FAILED;
    }
}
