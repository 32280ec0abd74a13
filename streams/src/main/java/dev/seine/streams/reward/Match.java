package dev.seine.streams.reward;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well an answer fits the accepted ones, each figure best over them: the metrics of the published evaluation of
 * R1-Searcher (arXiv 2503.05592).
 *
 * @param em exact match after normalisation, 0 or 1
 * @param cem cover exact match: every word of the accepted answer occurs in the answer, in any order; 0 or 1
 * @param cemOrdered the accepted answer's words occur in the answer one after the other; 0 or 1
 * @param f1 F1 over the words as multisets, 0..1; yes, no and noanswer count only if equal
 */
public record Match(double em, double cem, double cemOrdered, double f1) {
    /** No answer. */
    public static final Match NONE = new Match(0, 0, 0, 0);

    private static final Set<String> VERDICTS = Set.of("yes", "no", "noanswer");

    /** The best match of the answer with any accepted one; {@link #NONE} if nothing is accepted. */
    public static Match best(String answer, List<String> accepted) {
        Match best = NONE;
        List<String> got = Words.of(answer);
        for (String gold : accepted) {
            best = best.max(of(got, Words.of(gold)));
        }
        return best;
    }

    private static Match of(List<String> got, List<String> gold) {
        boolean equal = got.equals(gold);
        // An accepted answer without a word, such as "The", is met by an answer without a word only.
        boolean covered = gold.isEmpty() ? equal : got.containsAll(gold);
        boolean ordered = gold.isEmpty() ? equal : Collections.indexOfSubList(got, gold) >= 0;
        return new Match(equal ? 1 : 0, covered ? 1 : 0, ordered ? 1 : 0, f1(got, gold));
    }

    private static double f1(List<String> got, List<String> gold) {
        boolean verdict = verdict(got) || verdict(gold);
        if (verdict && !got.equals(gold)) {
            return 0;
        }
        Map<String, Integer> left = new HashMap<>();
        gold.forEach(word -> left.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : got) {
            if (left.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / got.size();
        double recall = (double) common / gold.size();
        return 2 * precision * recall / (precision + recall);
    }

    private static boolean verdict(List<String> words) {
        return words.size() == 1 && VERDICTS.contains(words.get(0));
    }

    private Match max(Match other) {
        return new Match(
                Math.max(em, other.em),
                Math.max(cem, other.cem),
                Math.max(cemOrdered, other.cemOrdered),
                Math.max(f1, other.f1));
    }
}
