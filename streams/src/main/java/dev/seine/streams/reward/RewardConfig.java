package dev.seine.streams.reward;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.schemas.Dialect;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that rewards depend on.
 *
 * @param recipe name of the recipe, as it stands in events
 * @param dialect id of the markup dialect; trajectories of another are refused
 * @param formatRule name of a {@link FormatRule}
 * @param formatPenalty reward of a malformed text, at most 0
 * @param answerRule name of an {@link AnswerRule}
 * @param maxAnswerWords longest answer that may count as correct (cover-match-10) or be well formed (stage-2)
 * @param maxSearches most searches of a well-formed trajectory, for the markup rule
 * @param groupScale factor of the group bonus; 0 switches it off
 * @param groupExponent exponent on the standard deviation of the search counts
 * @param groupClip most that the group bonus can be (eta)
 * @param memoryKappa factor of the memory reward; 0 switches it off
 * @param memorize true if memory samples are wanted
 * @param groupTimeout time from a group's first trajectory to its deadline
 * @param extra weights of further {@link RewardRule}s by name, at least 0; each name must be that of a rule there is
 */
public record RewardConfig(
        String recipe,
        String dialect,
        String formatRule,
        double formatPenalty,
        String answerRule,
        int maxAnswerWords,
        int maxSearches,
        double groupScale,
        double groupExponent,
        double groupClip,
        double memoryKappa,
        boolean memorize,
        Duration groupTimeout,
        Map<String, Double> extra) {

    /** Checks every value. */
    public RewardConfig {
        extra = Collections.unmodifiableMap(new TreeMap<>(extra));
        require(!recipe.isBlank(), "recipe must have a name", recipe);
        Dialect.of(dialect);
        FormatRule.of(formatRule);
        AnswerRule.of(answerRule);
        require(
                formatPenalty <= 0 && Double.isFinite(formatPenalty),
                "format-penalty must be at most 0",
                formatPenalty);
        require(maxAnswerWords >= 1, "max-answer-words must be at least 1", maxAnswerWords);
        require(maxSearches >= 0, "max-searches must be at least 0", maxSearches);
        requireAtLeastZero("group-scale", groupScale);
        require(groupExponent > 0 && Double.isFinite(groupExponent), "group-exponent must be above 0", groupExponent);
        requireAtLeastZero("group-clip", groupClip);
        requireAtLeastZero("memory-kappa", memoryKappa);
        require(groupTimeout.compareTo(Duration.ZERO) > 0, "group-timeout must be above 0", groupTimeout);
        RewardRules.check(extra.keySet());
        extra.forEach((name, weight) -> requireAtLeastZero("extra." + name, weight));
    }

    /** The same with another group timeout. */
    public RewardConfig withGroupTimeout(Duration timeout) {
        return with(timeout, extra);
    }

    /** The same with these further rules. */
    public RewardConfig withExtra(Map<String, Double> weights) {
        return with(groupTimeout, weights);
    }

    private RewardConfig with(Duration timeout, Map<String, Double> weights) {
        return new RewardConfig(
                recipe,
                dialect,
                formatRule,
                formatPenalty,
                answerRule,
                maxAnswerWords,
                maxSearches,
                groupScale,
                groupExponent,
                groupClip,
                memoryKappa,
                memorize,
                timeout,
                weights);
    }

    /** SHA-256 in hexadecimal over the canonical JSON: keys in alphabetical order, no white space. */
    public String sha256() {
        try {
            byte[] json = new ObjectMapper().writeValueAsString(canonical()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("reward configuration " + recipe + " has no checksum", e);
        }
    }

    private Map<String, Object> canonical() {
        Map<String, Object> json = new TreeMap<>();
        json.put("recipe", recipe);
        json.put("dialect", dialect);
        json.put("format-rule", formatRule);
        json.put("format-penalty", formatPenalty);
        json.put("answer-rule", answerRule);
        json.put("max-answer-words", maxAnswerWords);
        json.put("max-searches", maxSearches);
        json.put("group-scale", groupScale);
        json.put("group-exponent", groupExponent);
        json.put("group-clip", groupClip);
        json.put("memory-kappa", memoryKappa);
        json.put("memorize", memorize);
        json.put("group-timeout", groupTimeout.toString());
        json.put("extra", extra);
        return json;
    }

    private static void requireAtLeastZero(String key, double value) {
        require(value >= 0 && Double.isFinite(value), key + " must be at least 0", value);
    }

    private static void require(boolean holds, String rule, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("reward." + rule + ", got " + got);
        }
    }
}
