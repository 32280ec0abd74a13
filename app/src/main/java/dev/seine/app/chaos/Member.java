package dev.seine.app.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One process of the run; started, killed and started again under the same name. */
final class Member {
    private final String name;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;
    private boolean paused;

    /**
     * @param command the whole command line
     * @param log what it says is appended here
     */
    Member(String name, List<String> command, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            paused = false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    boolean paused() {
        return paused;
    }

    /** Exit status of the last one that ended; it must have. */
    int status() {
        return process().exitValue();
    }

    /** kill -9, of its own children first. */
    void kill() {
        process().toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
        process().destroyForcibly();
        join();
    }

    /** SIGSTOP, or SIGCONT. */
    void pause(boolean stop) {
        signal(stop ? "-STOP" : "-CONT");
        paused = stop;
    }

    /** Asks it to end and waits until it has. */
    void end() {
        if (alive()) {
            if (paused) {
                pause(false);
            }
            process().destroy();
            join();
        }
    }

    private Process process() {
        return Objects.requireNonNull(process, () -> name + " was never started");
    }

    private void join() {
        try {
            process().waitFor();
        } catch (InterruptedException e) {
            process().destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", signal, Long.toString(process().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot signal " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
