package dev.seine.app.replay;

import dev.seine.event.Passage;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Span;
import dev.seine.topics.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A scored trajectory for the eye: what was thought, recalled, searched, found and answered, and what it was worth. */
final class Transcript {
    private final boolean colours;

    Transcript(boolean colours) {
        this.colours = colours;
    }

    /** Lines of the whole: head, text, searches, rewards. */
    List<String> lines(Row row, Event<ScoredTrajectory> event, RewardLines rewards) {
        ScoredTrajectory scored = event.value();
        Trajectory t = scored.getTrajectory();
        List<String> lines = new ArrayList<>();
        lines.add(Ink.HEADING.on(Ink.harmless(t.getRolloutId()), colours) + "  " + event.topic() + "-"
                + event.partition() + "@" + event.offset() + "  " + Instant.ofEpochMilli(event.timestampMs()));
        lines.add("  " + fate(row) + ", weights " + versions(t) + ", "
                + t.getTokens().size() + " tokens, "
                + t.getSearches() + " searches, ended by " + t.getFinish()
                + (t.getError().isEmpty() ? "" : ": " + Ink.harmless(t.getError())));
        lines.add("  question: " + Ink.harmless(t.getQuestion()));
        lines.add("  accepted: " + Ink.harmless(String.join(" | ", t.getAnswers())));
        lines.add("");
        for (Span span : Markup.parse(Dialect.of(t.getDialect()), t.getText()).spans()) {
            lines.add("  " + span(span));
        }
        lines.add("");
        searches(t, lines);
        rewards.of(scored, colours).forEach(line -> lines.add("  " + line));
        return lines;
    }

    private static String fate(Row row) {
        if (row.step() < 0) {
            return "not consumed by a step";
        }
        String stale = "staleness " + (row.step() - 1 - row.minVersion());
        return row.fate().equals("trained")
                ? "trained in step " + row.step() + ", " + stale
                : "skipped by step " + row.step() + " as " + Ink.harmless(row.fate()) + ", " + stale;
    }

    private static String versions(Trajectory t) {
        return t.getMinVersion() == t.getMaxVersion()
                ? "v" + t.getMinVersion()
                : "v" + t.getMinVersion() + "..v" + t.getMaxVersion();
    }

    private String span(Span span) {
        String text = Ink.harmless(span.text());
        if (span instanceof Span.Internal) {
            return Ink.INTERNAL.on("recall    " + text, colours);
        }
        if (span instanceof Span.Query) {
            return Ink.QUERY.on("search    " + text, colours);
        }
        if (span instanceof Span.Documents) {
            return Ink.DOCUMENTS.on("documents " + text.replace("\n", "\n            "), colours);
        }
        if (span instanceof Span.Answer) {
            return Ink.ANSWER.on("answer    " + text, colours);
        }
        return Ink.REASONING.on("text      " + text, colours);
    }

    private static void searches(Trajectory t, List<String> lines) {
        int turn = 0;
        for (Segment segment : t.getSegments()) {
            if (!segment.getStatus().isEmpty()) {
                List<String> ids =
                        segment.getPassages().stream().map(Passage::getId).toList();
                lines.add("  turn " + turn++ + ": " + segment.getStatus() + " in " + segment.getTookMs()
                        + " ms, passages " + Ink.harmless(String.join(", ", ids)));
            }
        }
    }
}
