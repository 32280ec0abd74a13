package dev.seine.app.view;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** The lines of the live panel; pure. No line is wider than asked, so that redrawing in place never wraps. */
final class Panel {
    private static final AttributedStyle DIM = AttributedStyle.DEFAULT.faint();
    private static final AttributedStyle BOLD = AttributedStyle.DEFAULT.bold();
    private static final int NAME = 11;
    private static final int VALUE = 9;
    private static final int NARROW = 40;
    private static final int WIDEST = 100;

    private final int width;
    private final boolean unicode;
    private final List<AttributedString> lines = new ArrayList<>();

    private Panel(int width, boolean unicode) {
        this.width = width;
        this.unicode = unicode;
    }

    /** The panel for a terminal of {@code columns}; without {@code unicode}, in ASCII. */
    static List<AttributedString> lines(Progress progress, History history, int columns, boolean unicode) {
        // The last column stays free: some terminals wrap on writing there.
        Panel panel = new Panel(Math.max(1, Math.min(columns - 1, WIDEST)), unicode);
        panel.stage(progress);
        panel.bar(progress);
        panel.curve("reward", progress.reward(), Numbers::decimal, history.of(History.Curve.REWARD), 0.2, 2);
        panel.curve("accuracy", progress.accuracy(), Numbers::percent, history.of(History.Curve.ACCURACY), 0.1, 2);
        panel.curve("searches", progress.searches(), Numbers::decimal, history.of(History.Curve.SEARCHES), 0.2, 6);
        panel.curve("loss", progress.loss(), Numbers::decimal, history.of(History.Curve.LOSS), 0.05, 5);
        panel.curve("staleness", progress.staleness(), Numbers::decimal, history.of(History.Curve.STALENESS), 1, 3);
        panel.footer(progress);
        return List.copyOf(panel.lines);
    }

    private void stage(Progress progress) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.styled(BOLD.foreground(AttributedStyle.CYAN), unicode ? "≈ seine" : "~ seine");
        line.append("  ").styled(BOLD, progress.stage());
        line.styled(DIM, "  " + Numbers.clock(progress.elapsed()));
        progress.left().ifPresent(left -> line.styled(DIM, ", about " + Numbers.clock(left) + " left"));
        add(line);
    }

    private void bar(Progress progress) {
        if (progress.totalSteps() <= 0) {
            return;
        }
        double share = Math.min(1.0, (double) progress.step() / progress.totalSteps());
        String count = " " + progress.step() + "/" + progress.totalSteps();
        int cells = Math.max(0, width - count.length());
        int full = (int) Math.round(share * cells);
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.styled(AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN), (unicode ? "━" : "=").repeat(full));
        line.styled(DIM, (unicode ? "╌" : "-").repeat(cells - full)).append(count);
        add(line);
    }

    private void curve(
            String name,
            OptionalDouble value,
            DoubleFunction<String> format,
            List<Double> history,
            double span,
            int colour) {
        if (value.isEmpty()) {
            return;
        }
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.styled(DIM, pad(name, NAME)).styled(BOLD, pad(format.apply(value.getAsDouble()), VALUE));
        if (width >= NARROW) {
            String spark = Sparkline.of(history, width - NAME - VALUE, span, unicode);
            line.styled(AttributedStyle.DEFAULT.foreground(colour), spark);
        }
        add(line);
    }

    private void footer(Progress progress) {
        List<String> parts = new ArrayList<>();
        if (progress.generatedPerSecond() > 0) {
            parts.add("generated " + Numbers.count(progress.generatedPerSecond()) + " tok/s");
        }
        if (progress.trainedPerSecond() > 0) {
            parts.add("trained " + Numbers.count(progress.trainedPerSecond()) + " tok/s");
        }
        if (progress.lag() > 0) {
            parts.add("lag " + progress.lag());
        }
        progress.memory().ifPresent(memory -> parts.add("memory " + Numbers.percent(memory)));
        if (!parts.isEmpty()) {
            String separator = unicode ? " · " : " | ";
            add(new AttributedStringBuilder().styled(DIM, String.join(separator, parts)));
        }
    }

    private void add(AttributedStringBuilder line) {
        lines.add(line.toAttributedString().columnSubSequence(0, width));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
