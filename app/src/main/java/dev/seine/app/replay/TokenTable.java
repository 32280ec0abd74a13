package dev.seine.app.replay;

import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/** The tokens of a trajectory, one a line: origin, mask, log-probability, advantage, and the ratio where the weights are at hand. */
final class TokenTable {
    private TokenTable() {}

    /**
     * The table.
     *
     * @param text text of a token id
     * @param advantage of the trajectory, which is that of each of its sampled tokens
     * @param now ln p of each token under the weights that it was trained on, as long as the tokens, if they are at hand
     */
    static List<String> lines(Trajectory t, IntFunction<String> text, double advantage, Optional<float[]> now) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%5s %6s %-10s %4s %9s %9s %9s  %s",
                "place",
                "id",
                "origin",
                "mask",
                "log-prob",
                "advantage",
                "ratio",
                "token"));
        for (int i = 0; i < t.getTokens().size(); i++) {
            boolean sampled = t.getSampled().get(i);
            float logprob = t.getLogprobs().get(i);
            lines.add(String.format(
                    Locale.ROOT,
                    "%5d %6d %-10s %4d %9s %9s %9s  %s",
                    i,
                    t.getTokens().get(i),
                    origin(t, i),
                    sampled ? 1 : 0,
                    sampled ? number(logprob) : "",
                    sampled ? number(advantage) : "",
                    ratio(now, i, sampled, logprob),
                    Ink.harmless(text.apply(t.getTokens().get(i))).replace("\n", "\\n")));
        }
        return lines;
    }

    private static String ratio(Optional<float[]> now, int i, boolean sampled, float logprob) {
        return sampled && now.isPresent() ? number(Math.exp(now.get()[i] - logprob)) : "";
    }

    private static String origin(Trajectory t, int token) {
        return t.getSegments().stream()
                .filter(s -> s.getStart() <= token && token < s.getEnd())
                .map(Segment::getKind)
                .map(SegmentKind::name)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
