package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.serving.http.KeyFile;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code seine keys}: who may call the answer service. The commands of the file's owner; a service that runs follows them at once. */
@Command(
        name = "keys",
        description = "Make, list and revoke the keys of the answer service.",
        mixinStandardHelpOptions = true,
        subcommands = {KeysCommand.Add.class, KeysCommand.Show.class, KeysCommand.Revoke.class})
public final class KeysCommand implements Callable<Integer> {
    /** What the subcommands share. */
    abstract static class OnFile implements Callable<Integer> {
        @Option(
                names = "--run",
                paramLabel = "DIR",
                description = "Folder of the run (default: ${DEFAULT-VALUE}).",
                defaultValue = "runs/atlas")
        private Path run;

        KeyFile file() {
            return new KeyFile(new RunFolder(run).keys());
        }
    }

    /** {@code seine keys add NAME}. */
    @Command(
            name = "add",
            description = "Make a key and print it: the only time that it can be seen.",
            mixinStandardHelpOptions = true)
    static final class Add extends OnFile {
        @Parameters(paramLabel = "NAME", description = "Whose key it is.")
        private String name;

        @Override
        public Integer call() {
            System.out.println(file().add(name, new SecureRandom(), Clock.systemUTC()));
            return Main.DONE;
        }
    }

    /** {@code seine keys list}. */
    @Command(name = "list", description = "Show the keys, without their secrets.", mixinStandardHelpOptions = true)
    static final class Show extends OnFile {
        @Override
        public Integer call() {
            file().keys().forEach(key -> System.out.println(key.id() + "  " + key.createdAt() + "  " + key.name()));
            return Main.DONE;
        }
    }

    /** {@code seine keys revoke ID}. */
    @Command(
            name = "revoke",
            description = "Remove a key; the next request with it is refused.",
            mixinStandardHelpOptions = true)
    static final class Revoke extends OnFile {
        @Parameters(paramLabel = "ID", description = "As seine keys list shows it.")
        private String id;

        @Override
        public Integer call() {
            if (!file().revoke(id)) {
                throw new IllegalArgumentException("there is no key " + id + "; see seine keys list");
            }
            return Main.DONE;
        }
    }

    @Override
    public Integer call() {
        throw new IllegalArgumentException(
                "expected one of: seine keys add NAME, seine keys list, seine keys revoke ID");
    }
}
