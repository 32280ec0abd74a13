package dev.seine.app.report;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pictures of all curves, each for light and for dark pages. */
record Pictures(List<Picture> all) {
    private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);

    private static final Map<String, String> TITLES = Map.of(
            "reward", "Reward",
            "accuracy", "Accuracy of rollouts",
            "searches", "Searches per rollout",
            "loss", "Loss",
            "staleness", "Staleness (policy versions)",
            "entropy", "Entropy (nats per token)",
            "kl", "KL to the reference",
            "memory", "Closed-book accuracy",
            "memory-loss", "Memorization loss");

    /** One metric; the pictures as PNG in base 64. */
    record Picture(String name, String title, String light, String dark) {
        byte[] png() {
            return Base64.getDecoder().decode(light);
        }

        String lightUri() {
            return "data:image/png;base64," + light;
        }

        String darkUri() {
            return "data:image/png;base64," + dark;
        }
    }

    /** One picture for each metric that any recipe has. None where this machine cannot draw, as without any font. */
    static Pictures of(List<ReportData.Recipe> recipes) {
        Map<String, Map<String, Curve>> byName = new LinkedHashMap<>();
        for (ReportData.Recipe recipe : recipes) {
            for (Curve curve : recipe.curves()) {
                byName.computeIfAbsent(curve.name(), any -> new LinkedHashMap<>())
                        .put(recipe.name(), curve);
            }
        }
        try {
            return new Pictures(byName.entrySet().stream()
                    .map(entry -> new Picture(
                            fileName(entry.getKey()),
                            title(entry.getKey()),
                            draw(entry.getValue(), Chart.Theme.LIGHT),
                            draw(entry.getValue(), Chart.Theme.DARK)))
                    .toList());
        } catch (LinkageError | InternalError | NullPointerException e) {
            // What AWT throws, by JDK, where fontconfig, freetype or every font is missing.
            LOG.warn("no curves are drawn: this machine has no usable fonts (install fontconfig and a font)", e);
            return new Pictures(List.of());
        }
    }

    private static String draw(Map<String, Curve> byRecipe, Chart.Theme theme) {
        return Base64.getEncoder().encodeToString(Chart.png(byRecipe, theme));
    }

    private static String fileName(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private static String title(String name) {
        String words = name.replaceAll("[-_.]+", " ");
        return TITLES.getOrDefault(
                name, words.isEmpty() ? name : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1));
    }
}
