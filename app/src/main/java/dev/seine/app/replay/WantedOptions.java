package dev.seine.app.replay;

import dev.seine.app.config.Durations;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose trajectories; given together they all hold. */
final class WantedOptions {
    private static final Pattern RANGE = Pattern.compile("(\\d+):(\\d+)(?:-(\\d+))?");

    @Option(names = "--question", paramLabel = "ID", description = "Of this question.")
    private @Nullable String question;

    @Option(names = "--group", paramLabel = "ID", description = "Of this group: QUESTION@EPOCH.")
    private @Nullable String group;

    @Option(names = "--rollout", paramLabel = "ID", description = "This one: QUESTION@EPOCH#INDEX.")
    private @Nullable String rollout;

    @Option(names = "--step", paramLabel = "N", description = "Consumed by this step.")
    private @Nullable Long step;

    @Option(
            names = "--fate",
            paramLabel = "NAME",
            description =
                    "trained, or the reason for being skipped: stale, no-variance, incomplete, failed, malformed.")
    private @Nullable String fate;

    @Option(names = "--stale", description = "Skipped as stale; short for --fate stale.")
    private boolean stale;

    @Option(
            names = "--offsets",
            paramLabel = "P:FROM-TO",
            description = "In partition P of the scored trajectories, from an offset up to another, which is left out.")
    private @Nullable String offsets;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Scored at this time or later: 2026-11-21T09:30:00, local or with a zone, or an age such as 10m.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Scored at this time or earlier.")
    private @Nullable String to;

    @Option(names = "--right", description = "With a right answer.")
    private boolean right;

    @Option(names = "--wrong", description = "With a wrong answer.")
    private boolean wrong;

    @Option(
            names = "--searches",
            paramLabel = "N[..M]",
            description = "With so many searches; 0 for none, 3..8 for a range.")
    private @Nullable String searches;

    @Option(names = "--malformed", description = "With a broken format.")
    private boolean malformed;

    @Option(names = "--well-formed", description = "With a kept format.")
    private boolean wellFormed;

    /** What the options say. */
    Wanted wanted(long nowMs) {
        refuse(right && wrong, "--right and --wrong exclude each other");
        refuse(malformed && wellFormed, "--malformed and --well-formed exclude each other");
        OptionalInt partition = OptionalInt.empty();
        OptionalLong first = OptionalLong.empty();
        OptionalLong last = OptionalLong.empty();
        if (offsets != null) {
            Matcher range = RANGE.matcher(offsets);
            refuse(!range.matches(), "--offsets must be PARTITION:FROM-TO, got '" + offsets + "'");
            partition = OptionalInt.of(Integer.parseInt(range.group(1)));
            first = OptionalLong.of(Long.parseLong(range.group(2)));
            last = OptionalLong.of(range.group(3) == null ? first.getAsLong() + 1 : Long.parseLong(range.group(3)));
        }
        String[] counts = searches == null ? new String[0] : searches.split("\\.\\.", -1);
        refuse(
                counts.length > 2 || !String.join("", counts).matches("\\d*"),
                "--searches must be N or N..M, got '" + searches + "'");
        return new Wanted(
                Optional.ofNullable(question),
                Optional.ofNullable(group),
                Optional.ofNullable(rollout),
                step == null ? OptionalLong.empty() : OptionalLong.of(step),
                stale ? Optional.of("stale") : Optional.ofNullable(fate),
                partition,
                first,
                last,
                time("--from", from, nowMs),
                time("--to", to, nowMs),
                right || wrong ? Optional.of(right) : Optional.empty(),
                counts.length == 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(counts[0])),
                counts.length == 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(counts[counts.length - 1])),
                malformed || wellFormed ? Optional.of(malformed) : Optional.empty());
    }

    private static OptionalLong time(String option, @Nullable String text, long nowMs) {
        if (text == null) {
            return OptionalLong.empty();
        }
        var age = Durations.parse(text);
        if (age.isPresent()) {
            return OptionalLong.of(nowMs - age.get().toMillis());
        }
        try {
            return OptionalLong.of(Instant.parse(text).toEpochMilli());
        } catch (DateTimeParseException e) {
            return OptionalLong.of(local(option, text));
        }
    }

    private static long local(String option, String text) {
        try {
            return LocalDateTime.parse(text.contains("T") ? text : text + "T00:00:00")
                    .atZone(ZoneId.systemDefault())
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    option + " must be a time such as 2026-11-21T09:30:00 or an age such as 10m, got '" + text + "'",
                    e);
        }
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new IllegalArgumentException(message);
        }
    }
}
