package dev.seine.producers.generator;

import dev.seine.event.SegmentKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What stands in a rollout so far, prompt first. */
record Transcript(List<Piece> pieces) {
    Transcript {
        pieces = List.copyOf(pieces);
    }

    static Transcript of(int[] promptTokens) {
        return new Transcript(List.of(Piece.prompt(promptTokens)));
    }

    Transcript plus(Piece piece) {
        List<Piece> more = new ArrayList<>(pieces);
        more.add(piece);
        return new Transcript(more);
    }

    Piece last() {
        return pieces.get(pieces.size() - 1);
    }

    /** Tokens in all. */
    int size() {
        return pieces.stream().mapToInt(piece -> piece.tokens().length).sum();
    }

    /** Tokens that the policy sampled. */
    int sampled() {
        return pieces.stream()
                .filter(Piece::sampled)
                .mapToInt(piece -> piece.tokens().length)
                .sum();
    }

    /** Times the policy stopped for documents. */
    int turns() {
        return (int) pieces.stream()
                .filter(piece -> piece.kind() == SegmentKind.DOCUMENTS)
                .count();
    }

    /** Searches that were made: neither empty ones nor one beyond the limit. */
    int searches() {
        return (int) pieces.stream()
                .filter(piece -> piece.kind() == SegmentKind.DOCUMENTS)
                .filter(piece -> !piece.query().isEmpty() && !piece.status().equals(Piece.LIMIT))
                .count();
    }

    /** All tokens, the prompt's first. */
    int[] tokens() {
        return pieces.stream()
                .flatMapToInt(piece -> Arrays.stream(piece.tokens()))
                .toArray();
    }

    /** Tokens sampled since the last documents; a turn that was taken over in its middle has several pieces. */
    int[] turn() {
        int from = pieces.size();
        while (from > 0 && pieces.get(from - 1).sampled()) {
            from--;
        }
        return new Transcript(pieces.subList(from, pieces.size())).tokens();
    }

    /** Tokens after the prompt. */
    int[] response() {
        int[] all = tokens();
        return Arrays.copyOfRange(all, pieces.get(0).tokens().length, all.length);
    }

    /** Time spent on pieces of this kind, in milliseconds. */
    long tookMs(SegmentKind kind) {
        return pieces.stream()
                .filter(piece -> piece.kind() == kind)
                .mapToLong(Piece::tookMs)
                .sum();
    }
}
