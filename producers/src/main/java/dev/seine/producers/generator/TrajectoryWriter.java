package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.Question;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.Finished;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns a finished rollout into its event. Tokens, mask and log-probabilities are equally long. */
final class TrajectoryWriter {
    private final String policy;
    private final GeneratorConfig config;
    private final Tokenizer tokenizer;

    TrajectoryWriter(String policy, GeneratorConfig config, Tokenizer tokenizer) {
        this.policy = policy;
        this.config = config;
        this.tokenizer = tokenizer;
    }

    Trajectory write(Finished rollout) {
        Plan plan = rollout.plan();
        Question question = plan.question();
        Transcript transcript = rollout.transcript();
        Trajectory.Builder trajectory = Trajectory.newBuilder()
                .setRolloutId(plan.rolloutId())
                .setGroupId(plan.groupId())
                .setGroupSize(question.getGroupSize())
                .setRolloutIndex(plan.index())
                .setQuestionId(question.getId())
                .setQuestion(question.getText())
                .setAnswers(question.getAnswers())
                .setSource(question.getSource())
                .setSplit(question.getSplit())
                .setHops(question.getHops())
                .setSeq(question.getSeq())
                .setEpoch(question.getEpoch())
                .setDialect(config.dialect())
                .setPrompt(plan.prompt())
                .setText(text(rollout))
                .setBannedTokens(plan.bannedTokens())
                .setTemperature((float) config.temperature())
                .setSearches(transcript.searches())
                .setFinish(rollout.finish())
                .setError(rollout.error())
                .setPolicy(policy)
                .setTokenizerSha256(tokenizer.sha256())
                .setGenerateMs(transcript.tookMs(SegmentKind.GENERATED))
                .setRetrieveMs(transcript.tookMs(SegmentKind.DOCUMENTS))
                .setStartedAtMs(rollout.startedAt())
                .setAtMs(rollout.endedAt());
        tokens(transcript, trajectory);
        versions(transcript, trajectory);
        return trajectory.build();
    }

    /** The end token ends the text and is no part of it. */
    private String text(Finished rollout) {
        int[] response = rollout.transcript().response();
        boolean ended = rollout.finish() == FinishReason.EOS
                && response.length > 0
                && response[response.length - 1] == tokenizer.eos();
        return tokenizer.decode(ended ? Arrays.copyOf(response, response.length - 1) : response);
    }

    private static void tokens(Transcript transcript, Trajectory.Builder trajectory) {
        int size = transcript.size();
        List<Integer> tokens = new ArrayList<>(size);
        List<Boolean> sampled = new ArrayList<>(size);
        List<Float> logprobs = new ArrayList<>(size);
        List<Segment> segments = new ArrayList<>();
        for (Piece piece : transcript.pieces()) {
            int start = tokens.size();
            for (int i = 0; i < piece.tokens().length; i++) {
                tokens.add(piece.tokens()[i]);
                sampled.add(piece.sampled());
                logprobs.add(piece.sampled() ? piece.logprobs()[i] : 0f);
            }
            segments.add(Segment.newBuilder()
                    .setKind(piece.kind())
                    .setStart(start)
                    .setEnd(tokens.size())
                    .setPolicyVersion(piece.maxVersion())
                    .setQuery(piece.query())
                    .setStatus(piece.status())
                    .setPassages(piece.passages())
                    .setTookMs(piece.tookMs())
                    .build());
        }
        trajectory.setTokens(tokens).setSampled(sampled).setLogprobs(logprobs).setSegments(segments);
    }

    private static void versions(Transcript transcript, Trajectory.Builder trajectory) {
        long min = -1;
        long max = -1;
        for (Piece piece : transcript.pieces()) {
            if (piece.maxVersion() >= 0) {
                min = min < 0 ? piece.minVersion() : Math.min(min, piece.minVersion());
                max = Math.max(max, piece.maxVersion());
            }
        }
        trajectory.setMinVersion(min).setMaxVersion(max);
    }
}
