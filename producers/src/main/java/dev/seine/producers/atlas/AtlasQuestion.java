package dev.seine.producers.atlas;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A question with the lookups that answer it.
 *
 * @param text the question
 * @param lookups what has to be known, in the order in which it can be found out
 * @param answer the answer that follows from the lookups
 */
public record AtlasQuestion(String text, List<Lookup> lookups, String answer) {
    static final String YES = "yes";
    static final String NO = "no";

    /**
     * One step: a fact and the query that finds it.
     *
     * @param fact the fact
     * @param query a query for it that uses only what the question or earlier lookups say
     */
    public record Lookup(Fact fact, String query) {
        /** The fact, asked for by its subject. */
        static Lookup of(Fact fact) {
            return new Lookup(fact, fact.relation().query(fact.subject()));
        }

        /** The country of a currency fact, asked for by its currency. */
        static Lookup reverse(Fact currency) {
            return new Lookup(currency, "country that uses the " + currency.object());
        }
    }

    /** The same lookups, immutable. */
    public AtlasQuestion {
        lookups = List.copyOf(lookups);
    }

    /** Facts to be chained; comparisons of two cities need four and still count as three hops. */
    public int hops() {
        return Math.min(3, lookups.size());
    }

    /** The values that the answer compares, side by side; empty if it compares none. */
    String compared() {
        boolean compares = answer.equals(YES) || answer.equals(NO);
        return compares
                ? lookups.stream()
                        .map(Lookup::fact)
                        .filter(fact -> fact.relation() == Relation.CONTINENT)
                        .map(Fact::object)
                        .collect(Collectors.joining(" and "))
                : "";
    }

    /** Whether every fact in it belongs to a held-out entity. */
    public boolean heldOutEntities() {
        return lookups.stream().allMatch(l -> l.fact().standing() == Fact.Standing.HELD_OUT);
    }

    /** Whether no fact in it belongs to a held-out entity. */
    public boolean trainable() {
        return lookups.stream().noneMatch(l -> l.fact().standing() == Fact.Standing.HELD_OUT);
    }
}
