package dev.seine.app.view;

import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** One line of progress for logs and pipes: no colour, no cursor movement, figures named. */
final class PlainLine {
    private PlainLine() {}

    static String of(Progress progress) {
        StringBuilder line = new StringBuilder();
        line.append('[').append(Numbers.clock(progress.elapsed())).append("] ").append(progress.stage());
        if (progress.totalSteps() > 0) {
            line.append(" step ").append(progress.step()).append('/').append(progress.totalSteps());
        }
        add(line, "loss", progress.loss(), Numbers::decimal);
        add(line, "reward", progress.reward(), Numbers::decimal);
        add(line, "accuracy", progress.accuracy(), Numbers::percent);
        add(line, "searches", progress.searches(), Numbers::decimal);
        add(line, "staleness", progress.staleness(), Numbers::decimal);
        add(line, "memory", progress.memory(), Numbers::percent);
        if (progress.lag() > 0) {
            line.append("  lag ").append(progress.lag());
        }
        rate(line, "generated", progress.generatedPerSecond());
        rate(line, "trained", progress.trainedPerSecond());
        progress.left().ifPresent(left -> line.append("  left ").append(Numbers.clock(left)));
        return line.toString();
    }

    private static void add(StringBuilder line, String name, OptionalDouble value, DoubleFunction<String> format) {
        value.ifPresent(number -> line.append("  ").append(name).append(' ').append(format.apply(number)));
    }

    private static void rate(StringBuilder line, String name, double tokensPerSecond) {
        if (tokensPerSecond > 0) {
            line.append("  ")
                    .append(name)
                    .append(' ')
                    .append(Numbers.count(tokensPerSecond))
                    .append(" tok/s");
        }
    }
}
