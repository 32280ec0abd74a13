package dev.seine.learner;

import java.util.Arrays;

/**
 * What goes through the network at once: B rows of T ids, and N places in them whose next token is in the loss. Everything that is not in
 * the loss (prompt, documents, padding) has no place, so no setting of weights can let it in.
 *
 * @param rows B
 * @param width T
 * @param ids B*T ids, padded on the right
 * @param positions N places, row * T + column, rising
 * @param targets N ids that follow the places
 * @param behaviour N ln p under the distribution that was sampled from
 * @param proximal N ln p under the policy the ratio is taken against
 * @param reference N ln p under the reference policy
 * @param advantage N factors
 * @param policyWeight N weights of the policy loss; 0 for plain likelihood
 * @param likelihoodWeight N weights of the negative log-likelihood; 0 for policy loss
 * @param temperature N divisors of the logits
 * @param ban N indices into {@code bans}
 * @param owner N indices of the sequences, among those packed, that the places belong to
 * @param bans sets of ids that cannot be drawn; the first is empty
 */
@SuppressWarnings("ArrayRecordComponent") // these become tensors; only package-private code sees them
record TokenBatch(
        int rows,
        int width,
        long[] ids,
        long[] positions,
        long[] targets,
        float[] behaviour,
        float[] proximal,
        float[] reference,
        float[] advantage,
        float[] policyWeight,
        float[] likelihoodWeight,
        float[] temperature,
        long[] ban,
        int[] owner,
        int[][] bans) {
    /** N. */
    int size() {
        return positions.length;
    }

    /** Tokens that go through the network, padding included. */
    long cost() {
        return (long) rows * width;
    }

    /** Index, within its sequence, of the token that place {@code i} predicts. */
    int token(int i) {
        return Math.toIntExact(positions[i] % width) + 1;
    }

    /** The same with the reference's ln p filled in. */
    TokenBatch withReference(float[] logprobs) {
        return with(proximal, checked(logprobs));
    }

    /** The same with the ratio taken against {@code logprobs}. */
    TokenBatch withProximal(float[] logprobs) {
        return with(checked(logprobs), reference);
    }

    /** N columns of 7 floats, column by column: behaviour, proximal, reference, advantage, policy, likelihood, temperature. */
    float[] columns() {
        float[][] parts = {behaviour, proximal, reference, advantage, policyWeight, likelihoodWeight, temperature};
        float[] all = new float[parts.length * size()];
        for (int i = 0; i < parts.length; i++) {
            System.arraycopy(parts[i], 0, all, i * size(), size());
        }
        return all;
    }

    /** One row of {@code vocabulary} floats for each set of bans: minus infinity where banned, else 0. */
    float[] bias(int vocabulary) {
        float[] bias = new float[bans.length * vocabulary];
        for (int row = 0; row < bans.length; row++) {
            for (int id : bans[row]) {
                bias[row * vocabulary + id] = Float.NEGATIVE_INFINITY;
            }
        }
        return bias;
    }

    private TokenBatch with(float[] newProximal, float[] newReference) {
        return new TokenBatch(
                rows,
                width,
                ids,
                positions,
                targets,
                behaviour,
                newProximal,
                newReference,
                advantage,
                policyWeight,
                likelihoodWeight,
                temperature,
                ban,
                owner,
                bans);
    }

    private float[] checked(float[] logprobs) {
        if (logprobs.length != size()) {
            throw new IllegalArgumentException(
                    "got " + logprobs.length + " log-probabilities for " + size() + " places");
        }
        return Arrays.copyOf(logprobs, logprobs.length);
    }
}
