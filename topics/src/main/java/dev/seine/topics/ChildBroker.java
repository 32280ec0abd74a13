package dev.seine.topics;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A broker in a child process: a fault of it cannot take this process along. */
final class ChildBroker implements EmbeddedBroker {
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private final String bootstrap;

    private ChildBroker(Process process, String bootstrap) {
        this.process = process;
        this.bootstrap = bootstrap;
    }

    static ChildBroker start(BrokerFolder folder, Path log) {
        folder.check();
        Process process = launch(folder, log);
        String answer = answer(process);
        if (!answer.startsWith(BrokerMain.READY)) {
            process.destroyForcibly();
            String why = answer.startsWith(BrokerMain.FAILED)
                    ? answer.substring(BrokerMain.FAILED.length())
                    : "the broker in " + folder.dir() + " did not start: " + answer;
            throw new IllegalStateException(why + "; its log is " + log);
        }
        return new ChildBroker(process, answer.substring(BrokerMain.READY.length()));
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }

    private static Process launch(BrokerFolder folder, Path log) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = List.of(
                java.toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfile.encoding=UTF-8",
                "-Dlogback.configurationFile=dev/seine/topics/broker-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                folder.dir().toString());
        try {
            if (log.getParent() != null) {
                Files.createDirectories(log.getParent());
            }
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("cannot start a broker with its log in " + log + ": " + e, e);
        }
    }

    /** The child's one line, or what happened instead. */
    private static String answer(Process process) {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> firstLine(process));
        try {
            String answer = line.get(START.toSeconds(), TimeUnit.SECONDS);
            return answer == null ? "it ended with status " + process.waitFor() : answer;
        } catch (TimeoutException e) {
            return "no answer within " + START.toSeconds() + " s";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static @Nullable String firstLine(Process process) {
        try {
            return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
