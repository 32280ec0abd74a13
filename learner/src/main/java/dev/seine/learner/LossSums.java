package dev.seine.learner;

/**
 * What a loss amounts to over its tokens. Sums, so that micro-batches add up; means are taken at the end.
 *
 * @param loss the weighted loss that was differentiated
 * @param policy its policy part
 * @param kl its divergence part, coefficient included
 * @param likelihood its likelihood part
 * @param policyTokens tokens of the policy loss
 * @param ratio sum of probability ratios
 * @param ratioMax largest ratio
 * @param stopped policy tokens whose gradient the clip stopped
 * @param divergence sum of the estimates of the divergence, coefficient left out
 * @param drift sum of ln p behaviour - ln p
 * @param driftMax largest absolute drift
 * @param likelihoodTokens tokens of the likelihood loss
 * @param nll sum of their -ln p, unweighted
 * @param entropy sum of the policy tokens' entropies, in nats
 */
record LossSums(
        double loss,
        double policy,
        double kl,
        double likelihood,
        double policyTokens,
        double ratio,
        double ratioMax,
        double stopped,
        double divergence,
        double drift,
        double driftMax,
        double likelihoodTokens,
        double nll,
        double entropy) {
    static final LossSums ZERO = new LossSums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** From the script's vector. */
    static LossSums of(float[] v) {
        return new LossSums(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13]);
    }

    LossSums plus(LossSums o) {
        return new LossSums(
                loss + o.loss,
                policy + o.policy,
                kl + o.kl,
                likelihood + o.likelihood,
                policyTokens + o.policyTokens,
                ratio + o.ratio,
                Math.max(ratioMax, o.ratioMax),
                stopped + o.stopped,
                divergence + o.divergence,
                drift + o.drift,
                Math.max(driftMax, o.driftMax),
                likelihoodTokens + o.likelihoodTokens,
                nll + o.nll,
                entropy + o.entropy);
    }

    /** A sum as a mean over policy tokens; 0 if there are none. */
    double perPolicyToken(double sum) {
        return policyTokens == 0 ? 0 : sum / policyTokens;
    }

    /** Mean -ln p of the likelihood tokens; 0 if there are none. */
    double meanNll() {
        return likelihoodTokens == 0 ? 0 : nll / likelihoodTokens;
    }
}
