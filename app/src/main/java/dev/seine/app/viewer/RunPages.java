package dev.seine.app.viewer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.seine.app.replay.Archive;
import dev.seine.app.replay.Place;
import dev.seine.app.replay.Row;
import dev.seine.app.replay.Wanted;
import dev.seine.event.LearnerStep;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.StepPhase;
import dev.seine.topics.Event;
import dev.seine.topics.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** What the viewer's pages ask for, as JSON: the run, its steps, pages of trajectories, one trajectory. Never more than a page at a time. */
final class RunPages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;

    private final String name;
    private final Archive archive;
    private final IntFunction<String> tokens;
    private final String config;

    /**
     * Pages of one run.
     *
     * @param name what the run is called
     * @param config its configuration as text
     * @param tokens text of a token id
     */
    RunPages(String name, String config, Archive archive, IntFunction<String> tokens) {
        this.name = name;
        this.config = config;
        this.archive = archive;
        this.tokens = tokens;
    }

    /** The answer to a path; empty if there is nothing under it. */
    Optional<String> answer(String path, Query query) {
        return switch (path) {
            case "/api/run" -> Optional.of(run());
            case "/api/steps" -> Optional.of(steps(query));
            case "/api/rows" -> Optional.of(rows(query));
            case "/api/rollout" -> rollout(query);
            default -> Optional.empty();
        };
    }

    private String run() {
        archive.refresh();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("trajectories", archive.index().count(Wanted.all()));
        json.put("steps", archive.index().count(Topics.LEARNER_STEPS.name()) / 2);
        json.put("fates", archive.index().fates());
        json.put("config", config);
        return text(json);
    }

    private String steps(Query query) {
        int skip = query.integer("skip").orElse(0);
        int limit = limit(query);
        // Two records a step: its plan, and what came of it.
        List<Place> places = archive.index().places(Topics.LEARNER_STEPS.name(), 2 * skip, 2 * limit);
        Map<Long, Map<String, Object>> steps = new TreeMap<>();
        archive.between(Topics.LEARNER_STEPS, places).stream()
                .map(Event::value)
                .filter(step -> step.getPhase() == StepPhase.APPLIED)
                .forEach(step -> steps.put(step.getStep(), step(step)));
        return text(Map.of(
                "steps",
                steps.values(),
                "total",
                archive.index().count(Topics.LEARNER_STEPS.name()) / 2,
                "skip",
                skip,
                "limit",
                limit));
    }

    private static Map<String, Object> step(LearnerStep step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", step.getStep());
        json.put("atMs", step.getAtMs());
        json.put("trained", step.getTrained().size());
        json.put(
                "skipped",
                step.getSkipped().values().stream().mapToInt(List::size).sum());
        json.put("metrics", step.getMetrics());
        return json;
    }

    private String rows(Query query) {
        Wanted wanted = new Wanted(
                query.text("question"),
                query.text("group"),
                query.text("rollout"),
                query.number("step"),
                query.text("fate"),
                query.integer("partition"),
                query.number("fromOffset"),
                query.number("toOffset"),
                query.number("fromMs"),
                query.number("toMs"),
                query.flag("correct"),
                query.integer("minSearches"),
                query.integer("maxSearches"),
                query.flag("malformed"));
        Wanted.Order order = order(query.text("order").orElse("time"));
        int skip = query.integer("skip").orElse(0);
        int limit = limit(query);
        List<Row> rows = archive.index().rows(wanted, order, Math.max(0, skip), limit);
        return text(Map.of("rows", rows, "total", archive.index().count(wanted), "skip", skip, "limit", limit));
    }

    private Optional<String> rollout(Query query) {
        Optional<Row> row = query.text("id").flatMap(archive::row);
        Optional<Event<ScoredTrajectory>> event = row.flatMap(archive::scored);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(text(new RolloutPage(row.get(), event.get(), tokens).json()));
    }

    private static int limit(Query query) {
        int limit = query.integer("limit").orElse(PAGE);
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw new IllegalArgumentException("limit must be 1 to " + LARGEST_PAGE + ", got " + limit);
        }
        return limit;
    }

    private static Wanted.Order order(String name) {
        List<String> known = new ArrayList<>();
        for (Wanted.Order order : Wanted.Order.values()) {
            known.add(order.name().toLowerCase(Locale.ROOT));
            if (known.get(known.size() - 1).equals(name)) {
                return order;
            }
        }
        throw new IllegalArgumentException("order must be one of " + known + ", got '" + name + "'");
    }

    static String names(List<String> runs) {
        return text(Map.of("runs", runs));
    }

    static String error(String message) {
        return text(Map.of("error", String.valueOf(message)));
    }

    private static String text(Object json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
