package dev.seine.app.viewer;

import dev.seine.app.replay.Row;
import dev.seine.event.Passage;
import dev.seine.event.Rewards;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Segment;
import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Span;
import dev.seine.topics.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** One trajectory for the viewer: its text by what it is, its tokens with their numbers, its passages and its reward by part. */
record RolloutPage(Row row, Event<ScoredTrajectory> event, IntFunction<String> tokenText) {

    Map<String, Object> json() {
        ScoredTrajectory scored = event.value();
        Trajectory t = scored.getTrajectory();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", row);
        json.put("place", event.topic() + "-" + event.partition() + "@" + event.offset());
        json.put("question", t.getQuestion());
        json.put("accepted", t.getAnswers());
        json.put("answer", scored.getAnswer());
        json.put("finish", t.getFinish().toString());
        json.put("error", t.getError());
        json.put("versions", List.of(t.getMinVersion(), t.getMaxVersion()));
        json.put("groupMean", scored.getGroupMean());
        json.put("groupStd", scored.getGroupStd());
        json.put("recipe", scored.getRecipe());
        json.put("rewardSha256", scored.getRewardSha256());
        json.put("violations", scored.getViolations());
        json.put("scores", Map.of("em", scored.getEm(), "cem", scored.getCem(), "f1", scored.getF1()));
        json.put("rewards", rewards(scored.getRewards()));
        json.put("spans", spans(t));
        json.put("segments", t.getSegments().stream().map(RolloutPage::segment).toList());
        json.put("tokens", tokens(t));
        return json;
    }

    private static Map<String, Double> rewards(Rewards rewards) {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("format", rewards.getFormat());
        parts.put("answer", rewards.getAnswer());
        parts.put("group", rewards.getGroup());
        parts.put("memory", rewards.getMemory());
        parts.putAll(rewards.getOther());
        parts.put("total", rewards.getTotal());
        return parts;
    }

    private static List<Map<String, String>> spans(Trajectory t) {
        List<Map<String, String>> spans = new ArrayList<>();
        for (Span span : Markup.parse(Dialect.of(t.getDialect()), t.getText()).spans()) {
            String kind = span.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            spans.add(Map.of("kind", kind, "text", span.text()));
        }
        return spans;
    }

    private static Map<String, Object> segment(Segment segment) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", segment.getKind().toString().toLowerCase(Locale.ROOT));
        json.put("start", segment.getStart());
        json.put("end", segment.getEnd());
        json.put("version", segment.getPolicyVersion());
        json.put("query", segment.getQuery());
        json.put("status", segment.getStatus());
        json.put("tookMs", segment.getTookMs());
        json.put(
                "passages",
                segment.getPassages().stream().map(RolloutPage::passage).toList());
        return json;
    }

    private static Map<String, Object> passage(Passage passage) {
        return Map.of(
                "id", passage.getId(),
                "title", passage.getTitle(),
                "text", passage.getText(),
                "score", passage.getScore());
    }

    private List<Map<String, Object>> tokens(Trajectory t) {
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (int i = 0; i < t.getTokens().size(); i++) {
            tokens.add(Map.of(
                    "id", t.getTokens().get(i),
                    "text", tokenText.apply(t.getTokens().get(i)),
                    "sampled", t.getSampled().get(i),
                    "logprob", t.getLogprobs().get(i)));
        }
        return tokens;
    }
}
