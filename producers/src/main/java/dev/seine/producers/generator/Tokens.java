package dev.seine.producers.generator;

import dev.seine.event.RolloutState;
import dev.seine.event.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * A transcript as events carry it: one list over all tokens, and where each piece begins and ends.
 *
 * @param tokens ids
 * @param sampled true where the policy sampled the token
 * @param logprobs 0 where it did not
 * @param minVersion oldest weights that sampled a token; -1 if none did
 * @param maxVersion newest weights that sampled a token; -1 if none did
 */
record Tokens(
        List<Integer> tokens,
        List<Boolean> sampled,
        List<Float> logprobs,
        List<Segment> segments,
        long minVersion,
        long maxVersion) {

    static Tokens of(Transcript transcript) {
        int size = transcript.size();
        List<Integer> tokens = new ArrayList<>(size);
        List<Boolean> sampled = new ArrayList<>(size);
        List<Float> logprobs = new ArrayList<>(size);
        List<Segment> segments = new ArrayList<>();
        long min = -1;
        long max = -1;
        for (Piece piece : transcript.pieces()) {
            int start = tokens.size();
            for (int i = 0; i < piece.tokens().length; i++) {
                tokens.add(piece.tokens()[i]);
                sampled.add(piece.sampled());
                logprobs.add(piece.sampled() ? piece.logprobs()[i] : 0f);
            }
            segments.add(segment(piece, start, tokens.size()));
            if (piece.maxVersion() >= 0) {
                min = min < 0 ? piece.minVersion() : Math.min(min, piece.minVersion());
                max = Math.max(max, piece.maxVersion());
            }
        }
        return new Tokens(tokens, sampled, logprobs, segments, min, max);
    }

    /** The transcript that a state in the log was made from; only which piece held the oldest weights is not known any more. */
    static Transcript transcript(RolloutState state) {
        List<Piece> pieces = new ArrayList<>();
        for (Segment segment : state.getSegments()) {
            int from = segment.getStart();
            int[] ids = state.getTokens().subList(from, segment.getEnd()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            pieces.add(
                    switch (segment.getKind()) {
                        case PROMPT -> Piece.prompt(ids);
                        case GENERATED -> {
                            float[] logprobs = new float[ids.length];
                            for (int i = 0; i < ids.length; i++) {
                                logprobs[i] = state.getLogprobs().get(from + i);
                            }
                            long oldest = Math.min(state.getMinVersion(), segment.getPolicyVersion());
                            yield Piece.generated(
                                    ids, logprobs, oldest, segment.getPolicyVersion(), segment.getTookMs());
                        }
                        case DOCUMENTS ->
                            Piece.documents(
                                    ids,
                                    segment.getQuery(),
                                    segment.getStatus(),
                                    segment.getPassages(),
                                    segment.getTookMs());
                    });
        }
        return new Transcript(pieces);
    }

    private static Segment segment(Piece piece, int start, int end) {
        return Segment.newBuilder()
                .setKind(piece.kind())
                .setStart(start)
                .setEnd(end)
                .setPolicyVersion(piece.maxVersion())
                .setQuery(piece.query())
                .setStatus(piece.status())
                .setPassages(piece.passages())
                .setTookMs(piece.tookMs())
                .build();
    }
}
