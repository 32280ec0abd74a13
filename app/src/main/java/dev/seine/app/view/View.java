package dev.seine.app.view;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a run while it goes. Used by one thread. */
public interface View extends AutoCloseable {

    /** Shows where the run stands; may be called as often as wished. */
    void show(Progress progress);

    /** Writes a line that stays. */
    void say(String line);

    /** Leaves the last state on the screen and gives the terminal back. */
    @Override
    void close();

    /** As {@link #open(PrintStream, Duration, LongSupplier)}, plain lines going to standard output, which stays open. */
    static View open(Duration plainEvery, LongSupplier nanoTime) {
        return open(System.out, plainEvery, nanoTime);
    }

    /**
     * A live panel if standard output is a terminal that can move its cursor, else a plain line at most every
     * {@code plainEvery}. Colours follow {@code NO_COLOR}.
     *
     * @param nanoTime a clock in nanoseconds, as {@link System#nanoTime}
     */
    static View open(PrintStream out, Duration plainEvery, LongSupplier nanoTime) {
        Logger log = LoggerFactory.getLogger(View.class);
        String type = System.getenv().getOrDefault("TERM", "dumb");
        if (!type.equals("dumb")) {
            try {
                // Its own handling of signals would end the program on Ctrl-C before anything is closed.
                Terminal terminal = TerminalBuilder.builder()
                        .system(true)
                        .dumb(false)
                        .nativeSignals(false)
                        .build();
                boolean unicode = terminal.encoding().equals(StandardCharsets.UTF_8);
                return new LiveView(terminal, unicode, System.getenv("NO_COLOR") == null);
            } catch (IOException | IllegalStateException e) {
                log.info("no live view here: {}", e.toString());
            }
        }
        return new PlainView(out, plainEvery, nanoTime);
    }
}
