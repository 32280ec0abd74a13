package dev.seine.serving.answers;

import dev.seine.event.Passage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of an answer that a passage states. The policy names no sources, so citations are found, not claimed: a passage is cited for the
 * whole answer, or else for each of its parts between commas, semicolons and "and", if it contains it word for word, case aside.
 *
 * @param start index of the part's first char in the answer
 * @param end index after its last
 */
public record Citation(int start, int end, Passage passage) {
    private static final Pattern BETWEEN = Pattern.compile("[,;]|\\band\\b");

    /** The citations of an answer in the order of its parts, then of the passages; a passage that was shown twice is cited once. */
    public static List<Citation> of(String answer, List<Passage> shown) {
        Map<String, Passage> passages = new LinkedHashMap<>();
        shown.forEach(passage -> passages.putIfAbsent(passage.getId(), passage));
        List<Citation> whole = of(answer, 0, answer.length(), passages);
        if (!whole.isEmpty()) {
            return whole;
        }
        List<Citation> found = new ArrayList<>();
        int from = 0;
        for (Matcher between = BETWEEN.matcher(answer); between.find(); from = between.end()) {
            found.addAll(of(answer, from, between.start(), passages));
        }
        found.addAll(of(answer, from, answer.length(), passages));
        return List.copyOf(found);
    }

    private static List<Citation> of(String answer, int from, int to, Map<String, Passage> passages) {
        int start = from;
        int end = to;
        while (start < end && Character.isWhitespace(answer.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(answer.charAt(end - 1))) {
            end--;
        }
        if (start == end) {
            return List.of();
        }
        Pattern words = Pattern.compile("(?<![\\p{L}\\p{N}])"
                + Pattern.quote(answer.substring(start, end).toLowerCase(Locale.ROOT)) + "(?![\\p{L}\\p{N}])");
        List<Citation> found = new ArrayList<>();
        for (Passage passage : passages.values()) {
            String text = (passage.getTitle() + "\n" + passage.getText()).toLowerCase(Locale.ROOT);
            if (words.matcher(text).find()) {
                found.add(new Citation(start, end, passage));
            }
        }
        return found;
    }

    /** An address for the passage: its own id where that is one, else a name. */
    public String url() {
        String id = passage.getId();
        return id.startsWith("https://") || id.startsWith("http://")
                ? id
                : "urn:seine:passage:" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
