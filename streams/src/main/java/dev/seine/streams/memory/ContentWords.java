package dev.seine.streams.memory;

import dev.seine.streams.reward.Words;
import java.util.HashSet;
import java.util.Set;

/** Words that carry meaning: normalised, without the commonest English ones. */
final class ContentWords {
    private static final Set<String> COMMON = Set.of(
            "and", "are", "as", "at", "be", "been", "both", "but", "by", "can", "did", "do", "does", "for", "from",
            "had", "has", "have", "how", "i", "in", "into", "is", "it", "its", "many", "much", "not", "of", "on", "or",
            "so", "some", "such", "that", "their", "then", "there", "these", "they", "this", "to", "was", "were",
            "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with");

    private ContentWords() {}

    static Set<String> of(String text) {
        Set<String> words = new HashSet<>(Words.of(text));
        words.removeAll(COMMON);
        return words;
    }
}
