package dev.seine.app.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp;

/** A panel redrawn in place; only what changed is sent. Follows the size of the terminal. */
final class LiveView implements View {
    private final Terminal terminal;
    private final boolean unicode;
    private final boolean colour;
    private final Display display;
    private final History history = new History();

    private List<AttributedString> shown = List.of();
    private int width;

    LiveView(Terminal terminal, boolean unicode, boolean colour) {
        this.terminal = terminal;
        this.unicode = unicode;
        this.colour = colour;
        display = new Display(terminal, false);
    }

    @Override
    public void show(Progress progress) {
        history.add(progress);
        List<AttributedString> lines = Panel.lines(progress, history, terminal.getWidth(), unicode);
        shown = colour
                ? lines
                : lines.stream()
                        .map(line -> new AttributedString(line.toString()))
                        .toList();
        draw(shown);
    }

    @Override
    public void say(String line) {
        // The panel is taken off, so that the line lands where it began, and drawn again below.
        display.update(List.of(), 0);
        terminal.writer().println(line);
        terminal.flush();
        display.reset();
        draw(shown);
    }

    @Override
    public void close() {
        draw(shown);
        if (!shown.isEmpty()) {
            terminal.writer().println();
        }
        terminal.flush();
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException("terminal", e);
        }
    }

    private void draw(List<AttributedString> lines) {
        int columns = Math.max(1, terminal.getWidth());
        int rows = Math.max(2, terminal.getHeight());
        if (width != 0 && width != columns) {
            // Terminals disagree on what becomes of lines that no longer fit, so where the panel is now is unknown.
            terminal.puts(InfoCmp.Capability.clear_screen);
            display.reset();
        }
        width = columns;
        display.resize(rows, columns);
        display.update(lines.subList(0, Math.min(lines.size(), rows - 1)), -1);
        terminal.flush();
    }
}
