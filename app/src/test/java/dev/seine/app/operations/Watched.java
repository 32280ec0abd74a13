package dev.seine.app.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The series that dashboards and alerts under {@code infra/} ask for. */
public final class Watched {
    /** A name of ours, of the JVM's or of Kafka's clients, but not a label. */
    private static final Pattern SERIES = Pattern.compile("\\b(?:seine|jvm|process|kafka)_\\w+");

    private Watched() {}

    /** Names of the series in a scrape. */
    public static Set<String> series(String scrape) {
        return scrape.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names in the expressions of all panels and rules. */
    public static Set<String> wanted() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String expression : expressions()) {
            Matcher matcher = SERIES.matcher(expression);
            while (matcher.find()) {
                names.add(matcher.group());
            }
        }
        return names;
    }

    static List<String> expressions() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(Infra.FOLDER.resolve("grafana/dashboards/seine.json").toFile());
        List<String> expressions = dashboard.findValuesAsText("expr");
        Infra.all(Infra.yaml(Infra.FOLDER.resolve("prometheus/rules.yml")), "expr")
                .forEach(expression -> expressions.add(expression.toString()));
        return expressions;
    }
}
