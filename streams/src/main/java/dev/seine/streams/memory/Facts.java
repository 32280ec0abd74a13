package dev.seine.streams.memory;

import dev.seine.event.Passage;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The passages of each documents block: from the trajectory's record, else read from the block's text. */
final class Facts {
    private final List<Segment> inserted;

    Facts(Trajectory trajectory) {
        inserted = trajectory.getSegments().stream()
                .filter(segment -> segment.getKind() == SegmentKind.DOCUMENTS)
                .filter(segment -> segment.getEnd() > segment.getStart())
                .toList();
    }

    /** Passages of a block, best first; none if it found nothing. */
    List<Fact> of(int block, String text) {
        if (block >= inserted.size()) {
            return read(text);
        }
        List<Fact> facts = new ArrayList<>();
        for (Passage passage : inserted.get(block).getPassages()) {
            facts.add(fact(passage.getTitle(), passage.getText(), Optional.of(passage.getId())));
        }
        return facts;
    }

    /** Reads {@code (1) Title: text (2) ...}; numbers must rise one by one, wherever they stand. */
    private static List<Fact> read(String text) {
        List<Fact> facts = new ArrayList<>();
        if (text.equals(Markup.NOTHING_FOUND)) {
            return facts;
        }
        int start = text.indexOf("(1)");
        for (int rank = 1; start >= 0; rank++) {
            int from = start + Integer.toString(rank).length() + 2;
            int next = text.indexOf("(" + (rank + 1) + ")", from);
            String passage = text.substring(from, next < 0 ? text.length() : next);
            int colon = passage.indexOf(": ");
            facts.add(
                    colon < 0
                            ? fact("", passage, Optional.empty())
                            : fact(passage.substring(0, colon), passage.substring(colon + 2), Optional.empty()));
            start = next;
        }
        return facts;
    }

    private static Fact fact(String title, String text, Optional<String> id) {
        String oneLine = Markup.sanitise(text).replaceAll("\\s+", " ").strip();
        return new Fact(title.strip(), oneLine, id);
    }
}
