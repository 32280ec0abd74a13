package dev.seine.learner;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;

/**
 * Tokens to be trained on. The arrays are shared, not copied, and must not be changed.
 *
 * @param id the rollout, memory sample or demonstration
 * @param tokens token ids of everything, prompt first
 * @param trained true where the token enters the loss: what a policy wrote, never prompt or documents; as long as tokens
 * @param behaviour ln p of each trained token under the distribution that it was drawn from; empty for plain likelihood
 * @param advantage factor of the tokens' policy loss; 0 for plain likelihood
 * @param temperature that the logits are divided by
 * @param banned ids that could not be drawn
 */
@SuppressWarnings(
        "ArrayRecordComponent") // hundreds of thousands of tokens a step: boxed lists would double the learner's memory
record Sequence(
        String id,
        int[] tokens,
        boolean[] trained,
        float[] behaviour,
        double advantage,
        float temperature,
        int[] banned) {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_TOKENS = {};

    /** A rollout. The trajectory must have passed {@link Defects}. */
    static Sequence rollout(ScoredTrajectory scored, double advantage) {
        Trajectory t = scored.getTrajectory();
        boolean[] sampled = new boolean[t.getSampled().size()];
        float[] logprobs = new float[sampled.length];
        for (int i = 0; i < sampled.length; i++) {
            sampled[i] = t.getSampled().get(i);
            logprobs[i] = t.getLogprobs().get(i);
        }
        int[] banned = t.getBannedTokens().stream().mapToInt(Integer::intValue).toArray();
        int[] tokens = t.getTokens().stream().mapToInt(Integer::intValue).toArray();
        return new Sequence(t.getRolloutId(), tokens, sampled, logprobs, advantage, t.getTemperature(), banned);
    }

    /** Text to be trained with plain negative log-likelihood. */
    static Sequence likelihood(String id, int[] tokens, boolean[] trained) {
        return new Sequence(id, tokens, trained, NO_FLOATS, 0, 1f, NO_TOKENS);
    }

    boolean isPolicy() {
        return behaviour.length > 0;
    }

    /** Number of tokens in the loss. The first token is never one of them: nothing predicts it. */
    long trainedTokens() {
        long count = 0;
        for (int i = 1; i < trained.length; i++) {
            count += trained[i] ? 1 : 0;
        }
        return count;
    }

    /** Length up to and including the last trained token; what comes after cannot matter. */
    int usefulLength() {
        int length = trained.length;
        while (length > 0 && !trained[length - 1]) {
            length--;
        }
        return length;
    }
}
