package dev.seine.app.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jline.builtins.ScreenTerminal;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;

/** What a screen of 24 rows shows after what the view has sent. */
class LiveViewTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Test
    void panelIsRedrawnInPlaceBelowWhatWasSaid() throws Exception {
        View view = new LiveView(terminal(80), true, true);
        view.show(PanelTest.progress(1));
        view.say("broker at 127.0.0.1:9092");
        view.show(PanelTest.progress(2));
        view.show(PanelTest.progress(50));
        view.close();

        ScreenTerminal terminal = new ScreenTerminal(80, 24);
        terminal.write(sent.toString(StandardCharsets.UTF_8));
        List<String> screen = lines(terminal);
        assertThat(screen.get(0)).isEqualTo("broker at 127.0.0.1:9092");
        assertThat(screen.get(1)).startsWith("≈ seine  reinforcement learning");
        assertThat(screen.get(2)).endsWith(" 50/200");
        assertThat(screen.get(8)).startsWith("generated 21k tok/s");
        assertThat(screen).hasSize(9);
    }

    @Test
    void narrowerScreenIsDrawnAnew() throws Exception {
        Terminal terminal = terminal(80);
        View view = new LiveView(terminal, true, true);
        view.show(PanelTest.progress(1));
        String wide = sent.toString(StandardCharsets.UTF_8);
        terminal.setSize(new Size(30, 24));
        sent.reset();
        view.show(PanelTest.progress(2));
        view.close();

        ScreenTerminal screen = new ScreenTerminal(80, 24);
        screen.write(wide);
        screen.setSize(30, 24);
        screen.write(sent.toString(StandardCharsets.UTF_8));
        assertThat(lines(screen)).hasSize(8).allSatisfy(line -> assertThat(line).hasSizeLessThan(30));
    }

    private Terminal terminal(int columns) throws Exception {
        Terminal terminal = new ExternalTerminal(
                "test", "xterm-256color", new ByteArrayInputStream(new byte[0]), sent, StandardCharsets.UTF_8);
        terminal.setSize(new Size(columns, 24));
        return terminal;
    }

    private static List<String> lines(ScreenTerminal screen) {
        return Arrays.stream(screen.toString().split("\n"))
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
