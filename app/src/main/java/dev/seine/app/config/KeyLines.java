package dev.seine.app.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line on which each key of a TOML document stands. The TOML reader keeps no places, so this is a second, rough look
 * at the text: it knows headers and keys, not values, and is used for messages only.
 */
final class KeyLines {
    private static final Pattern HEADER = Pattern.compile("^\\s*\\[{1,2}([^\\]]+)]{1,2}\\s*(#.*)?$");
    private static final Pattern KEY = Pattern.compile("^\\s*([A-Za-z0-9_\"'.\\s-]+?)\\s*=(?!=)");

    private final Map<String, Integer> lines = new HashMap<>();

    KeyLines(String text) {
        String section = "";
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                section = plain(header.group(1));
                lines.putIfAbsent(section, number);
                continue;
            }
            Matcher key = KEY.matcher(line);
            if (key.find()) {
                String name = plain(key.group(1));
                lines.putIfAbsent(section.isEmpty() ? name : section + "." + name, number);
            }
        }
    }

    /** The line of a dotted key, or of the nearest table around it; 0 if neither is written anywhere. */
    int line(String path) {
        String at = path;
        while (!lines.containsKey(at) && at.contains(".")) {
            at = at.substring(0, at.lastIndexOf('.'));
        }
        return lines.getOrDefault(at, 0);
    }

    private static String plain(String key) {
        return key.replaceAll("[\"'\\s]", "");
    }
}
