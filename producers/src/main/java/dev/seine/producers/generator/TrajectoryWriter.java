package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.Question;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.Finished;
import java.util.Arrays;

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
                .setRefuted(question.getRefuted())
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
        Tokens tokens = Tokens.of(transcript);
        return trajectory
                .setTokens(tokens.tokens())
                .setSampled(tokens.sampled())
                .setLogprobs(tokens.logprobs())
                .setSegments(tokens.segments())
                .setMinVersion(tokens.minVersion())
                .setMaxVersion(tokens.maxVersion())
                .build();
    }

    /** The end token ends the text and is no part of it. */
    private String text(Finished rollout) {
        int[] response = rollout.transcript().response();
        boolean ended = rollout.finish() == FinishReason.EOS
                && response.length > 0
                && tokenizer.endTokens().contains(response[response.length - 1]);
        return tokenizer.decode(ended ? Arrays.copyOf(response, response.length - 1) : response);
    }
}
