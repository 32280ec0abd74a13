package dev.seine.app.health;

import java.util.Locale;

/** The known ways in which a run collapses. */
public enum Collapse {
    /** Reward hacking: answers grow, and cover more accepted ones without being them. */
    LONG_ANSWERS("answers grow to cover more: compare em with cem, lower reward.max-answer-words or reward f1"),
    /** Ever more searches that make nothing right. */
    OVER_SEARCH("searches grow without making more right: raise reward.group-scale, lower generate.max-searches"),
    /** The policy no longer writes what can be parsed. */
    FORMAT_COLLAPSE("the markup is lost: lower learn.optimizer.lr, set learn.loss.kl, look at reward.format-penalty"),
    /** The memorization loss teaches to recall what is not known. */
    MEMORIZATION_DOMINATES(
            "recalling is learnt before the facts: lower learn.memory.mu, raise learn.memory.choice-above"),
    /** Nothing is left to choose from. */
    ENTROPY_COLLAPSE(
            "all rollouts of a group are alike: raise generate.temperature, lower the rate, set learn.loss.kl");

    private final String advice;

    Collapse(String advice) {
        this.advice = advice;
    }

    /** Name in reports, such as {@code over-search}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it means and what to try. */
    public String advice() {
        return advice;
    }
}
