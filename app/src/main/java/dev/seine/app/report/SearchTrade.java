package dev.seine.app.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one policy lost and won by searching less or more than another on the same questions.
 *
 * @param questions that both answered
 * @param lost wrong with fewer searches where the other was right with more
 * @param won right with fewer searches where the other was wrong with more
 * @param saved right with fewer searches where the other was right with more
 * @param rescued right with more searches where the other was wrong with fewer
 * @param wasted right with more searches where the other was right with fewer
 */
public record SearchTrade(long questions, long lost, long won, long saved, long rescued, long wasted) {
    /** No question. */
    public static final SearchTrade NONE = new SearchTrade(0, 0, 0, 0, 0, 0);

    /** Compares answers to the same questions; those that only one has are left out. */
    public static SearchTrade of(List<Answered> mine, List<Answered> theirs) {
        Map<String, Answered> others = new HashMap<>();
        theirs.forEach(answer -> others.put(answer.key(), answer));
        SearchTrade sum = NONE;
        for (Answered answer : mine) {
            Answered other = others.get(answer.key());
            sum = other == null ? sum : sum.plus(of(answer, other));
        }
        return sum;
    }

    private static SearchTrade of(Answered mine, Answered other) {
        boolean fewer = mine.searches() < other.searches();
        boolean more = mine.searches() > other.searches();
        return new SearchTrade(
                1,
                count(fewer && !mine.correct() && other.correct()),
                count(fewer && mine.correct() && !other.correct()),
                count(fewer && mine.correct() && other.correct()),
                count(more && mine.correct() && !other.correct()),
                count(more && mine.correct() && other.correct()));
    }

    /** Both together. */
    public SearchTrade plus(SearchTrade other) {
        return new SearchTrade(
                questions + other.questions,
                lost + other.lost,
                won + other.won,
                saved + other.saved,
                rescued + other.rescued,
                wasted + other.wasted);
    }

    private static long count(boolean holds) {
        return holds ? 1 : 0;
    }
}
