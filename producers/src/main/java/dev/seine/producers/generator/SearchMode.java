package dev.seine.producers.generator;

import java.util.Locale;

/** Whether a rollout may search. */
public enum SearchMode {
    /** As the policy likes, and as each question's {@code closedBook} allows. */
    FREE,
    /** Not at all: the token that opens a search is banned. */
    NEVER,
    /** At least once, first of all: until the first search has ended, the tokens that recall, answer or end are banned. */
    ALWAYS;

    /** As it is written: {@code free}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
