package dev.seine.app.report;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pictures of all curves, each for light and for dark pages. */
record Pictures(List<Picture> all) {
    private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);

    /** What is drawn, in this order; other curves are in the JSON alone. */
    private static final Map<String, String> TITLES = titles(
            "accuracy", "Accuracy of rollouts",
            "searches", "Searches per rollout",
            "reward", "Reward",
            "reward-group", "Group reward",
            "loss", "Loss",
            "memory-loss", "Memorization loss",
            "memory", "Closed-book accuracy",
            "entropy", "Entropy (nats per token)",
            "kl", "KL to the reference",
            "staleness", "Staleness (policy versions)",
            "length", "Tokens per rollout",
            "grad-norm", "Gradient norm",
            "clip-fraction", "Clipped tokens (share)",
            "tokens-per-second", "Training speed (tokens per second)");

    private static Map<String, String> titles(String... pairs) {
        Map<String, String> titles = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            titles.put(pairs[i], pairs[i + 1]);
        }
        return Collections.unmodifiableMap(titles);
    }

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

    /** One picture for each metric with a title that any recipe has. None where this machine cannot draw, as without any font. */
    static Pictures of(List<ReportData.Recipe> recipes) {
        Map<String, List<Curve>> curves = new LinkedHashMap<>();
        recipes.forEach(recipe -> curves.put(recipe.name(), recipe.curves()));
        return of(curves);
    }

    /** The same, of curves by the name of their line. */
    static Pictures of(Map<String, List<Curve>> curves) {
        Map<String, Map<String, Curve>> byName = new LinkedHashMap<>();
        curves.forEach(
                (line, list) -> list.forEach(curve -> byName.computeIfAbsent(curve.name(), any -> new LinkedHashMap<>())
                        .put(line, curve)));
        return new Pictures(drawn(() -> TITLES.entrySet().stream()
                .flatMap(title -> Optional.ofNullable(byName.get(title.getKey())).stream()
                        .map(lines -> new Picture(
                                title.getKey(),
                                title.getValue(),
                                draw(lines, Chart.Theme.LIGHT),
                                draw(lines, Chart.Theme.DARK))))
                .toList()));
    }

    /** What is drawn, or nothing where this machine cannot draw. */
    static List<Picture> drawn(Supplier<List<Picture>> pictures) {
        try {
            return pictures.get();
        } catch (IllegalStateException e) {
            // AWT registers a shutdown hook, which cannot be done any more while the process is being stopped.
            LOG.warn("no curves are drawn: {}", e.toString());
            return List.of();
        } catch (LinkageError | InternalError | NullPointerException e) {
            // What AWT throws, by JDK, where fontconfig, freetype or every font is missing.
            LOG.warn("no curves are drawn: this machine has no usable fonts (install fontconfig and a font)", e);
            return List.of();
        }
    }

    private static String draw(Map<String, Curve> byRecipe, Chart.Theme theme) {
        return Base64.getEncoder().encodeToString(Chart.png(byRecipe, theme));
    }
}
