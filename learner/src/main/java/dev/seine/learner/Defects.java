package dev.seine.learner;

import dev.seine.event.Trajectory;
import java.util.List;
import java.util.Optional;

/**
 * Finds what makes a trajectory untrainable: ids, mask and log-probabilities that disagree are never repaired, because text is never
 * tokenised again.
 *
 * @param tokenizerSha256 checksum of the learner's tokenizer
 * @param vocabulary number of ids
 * @param maxTokens longest sequence the network takes
 */
record Defects(String tokenizerSha256, int vocabulary, int maxTokens) {
    /** Reason why ids cannot be read. */
    static final String TOKENIZER = "tokenizer-mismatch";
    /** Reason for everything else. */
    static final String MALFORMED = "malformed";

    /** Reason and explanation. */
    record Defect(String reason, String detail) {}

    /** The first defect found, if any. */
    Optional<Defect> of(Trajectory t) {
        int tokens = t.getTokens().size();
        if (tokens == 0) {
            return malformed(t, "no tokens, expected ids as sampled");
        }
        if (t.getSampled().size() != tokens || t.getLogprobs().size() != tokens) {
            return malformed(
                    t,
                    t.getSampled().size() + " mask entries and "
                            + t.getLogprobs().size() + " logprobs for " + tokens + " tokens");
        }
        if (!t.getTokenizerSha256().equals(tokenizerSha256)) {
            return Optional.of(new Defect(
                    TOKENIZER,
                    t.getRolloutId() + ": tokenizer " + t.getTokenizerSha256() + ", expected " + tokenizerSha256));
        }
        if (tokens > maxTokens) {
            return malformed(t, tokens + " tokens, expected at most " + maxTokens);
        }
        if (!(t.getTemperature() > 0)) {
            return malformed(t, "temperature " + t.getTemperature() + ", expected above 0");
        }
        if (!t.getSampled().contains(true) || t.getSampled().get(0) || t.getMinVersion() < 0) {
            return malformed(t, "nothing was sampled after a prompt");
        }
        return ids(t);
    }

    private Optional<Defect> ids(Trajectory t) {
        List<Integer> banned = t.getBannedTokens();
        for (int id : banned) {
            if (id < 0 || id >= vocabulary) {
                return malformed(t, "banned id " + id + ", expected 0.." + (vocabulary - 1));
            }
        }
        for (int i = 0; i < t.getTokens().size(); i++) {
            int id = t.getTokens().get(i);
            if (id < 0 || id >= vocabulary) {
                return malformed(t, "id " + id + " at " + i + ", expected 0.." + (vocabulary - 1));
            }
            if (!t.getSampled().get(i)) {
                continue;
            }
            float logprob = t.getLogprobs().get(i);
            if (!Float.isFinite(logprob) || logprob > 1e-3f) {
                return malformed(t, "logprob " + logprob + " at " + i + ", expected a finite number up to 0");
            }
            if (banned.contains(id)) {
                return malformed(t, "id " + id + " at " + i + " was sampled although banned");
            }
        }
        return Optional.empty();
    }

    private static Optional<Defect> malformed(Trajectory t, String detail) {
        return Optional.of(new Defect(MALFORMED, t.getRolloutId() + ": " + detail));
    }
}
