package dev.seine.app.replay;

import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.topics.Event;
import dev.seine.topics.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoubleDocValuesField;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;

/** The fields of the index: how records are written to it and read back, and what can be asked of them. */
final class IndexFields {
    /** Name of the record's topic. */
    static final String TOPIC = "topic";

    static final String ROLLOUT = "rollout";
    /** Rollout of a scored trajectory, which alone is given its step later. */
    static final String SCORED = "scored";

    static final String GROUP = "group";
    static final String QUESTION = "question";
    /** Step or version of a record of the learner, as text. */
    static final String NUMBER = "number";
    /** Step that consumed a scored trajectory; known later than the rest. */
    static final String STEP = "step";
    /** Code of the fate of a scored trajectory; known later than the rest. */
    static final String FATE = "fate";

    private static final String PARTITION = "partition";
    private static final String OFFSET = "offset";
    private static final String TIME = "time";
    private static final String LABEL = "label";
    private static final String SEQ = "seq";
    private static final String MIN_VERSION = "min-version";
    private static final String REWARD = "reward";
    private static final String ADVANTAGE = "advantage";
    private static final String SEARCHES = "searches";
    private static final String CORRECT = "correct";
    private static final String VIOLATIONS = "violations";
    private static final String LENGTH = "length";
    private static final String CODE = "fate.";

    private IndexFields() {}

    /** A document of any record. */
    static Document document(Event<?> event, String label, long number) {
        Document document = new Document();
        document.add(new StringField(TOPIC, event.topic().name(), Store.YES));
        document.add(new IntPoint(PARTITION, event.partition()));
        document.add(new StoredField(PARTITION, event.partition()));
        number(document, OFFSET, event.offset());
        number(document, TIME, event.timestampMs());
        document.add(new StringField(NUMBER, Long.toString(number), Store.YES));
        document.add(new StoredField(LABEL, label));
        return document;
    }

    static void id(Document document, String field, String id) {
        document.add(new StringField(field, id, Store.YES));
    }

    static Document scored(Event<ScoredTrajectory> event) {
        ScoredTrajectory scored = event.value();
        Trajectory t = scored.getTrajectory();
        Document document = document(event, t.getRolloutId(), -1);
        id(document, ROLLOUT, t.getRolloutId());
        document.add(new StringField(SCORED, t.getRolloutId(), Store.NO));
        id(document, GROUP, t.getGroupId());
        id(document, QUESTION, t.getQuestionId());
        document.add(new StoredField(SEQ, t.getSeq()));
        document.add(new StoredField(MIN_VERSION, t.getMinVersion()));
        document.add(new NumericDocValuesField(STEP, -1));
        document.add(new NumericDocValuesField(FATE, -1));
        document.add(new DoubleDocValuesField(REWARD, scored.getRewards().getTotal()));
        document.add(new StoredField(REWARD, scored.getRewards().getTotal()));
        document.add(new DoubleDocValuesField(ADVANTAGE, scored.getAdvantage()));
        document.add(new StoredField(ADVANTAGE, scored.getAdvantage()));
        number(document, SEARCHES, t.getSearches());
        number(document, CORRECT, scored.getCorrect() ? 1 : 0);
        number(document, VIOLATIONS, scored.getViolations().size());
        number(document, LENGTH, t.getTokens().size());
        return document;
    }

    static Row row(Document d, long step, String fate) {
        return new Row(
                (int) stored(d, PARTITION),
                stored(d, OFFSET),
                stored(d, TIME),
                d.get(ROLLOUT),
                d.get(GROUP),
                d.get(QUESTION),
                stored(d, SEQ),
                step,
                fate,
                stored(d, MIN_VERSION),
                d.getField(REWARD).numericValue().doubleValue(),
                d.getField(ADVANTAGE).numericValue().doubleValue(),
                (int) stored(d, SEARCHES),
                stored(d, CORRECT) == 1,
                (int) stored(d, VIOLATIONS),
                (int) stored(d, LENGTH));
    }

    static Place place(Document d) {
        return new Place(
                d.get(TOPIC),
                (int) stored(d, PARTITION),
                stored(d, OFFSET),
                stored(d, TIME),
                d.get(LABEL),
                Long.parseLong(d.get(NUMBER)));
    }

    static Query query(Wanted wanted, Map<Long, String> fates) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        must(all, new TermQuery(new Term(TOPIC, Topics.SCORED_TRAJECTORIES.name())));
        wanted.rollout().ifPresent(id -> must(all, new TermQuery(new Term(ROLLOUT, id))));
        wanted.group().ifPresent(id -> must(all, new TermQuery(new Term(GROUP, id))));
        wanted.question().ifPresent(id -> must(all, new TermQuery(new Term(QUESTION, id))));
        wanted.step().ifPresent(step -> must(all, NumericDocValuesField.newSlowExactQuery(STEP, step)));
        wanted.fate().ifPresent(name -> must(all, fate(code(fates, name))));
        wanted.partition().ifPresent(p -> must(all, IntPoint.newExactQuery(PARTITION, p)));
        if (wanted.fromOffset().isPresent() || wanted.toOffset().isPresent()) {
            must(
                    all,
                    range(
                            OFFSET,
                            wanted.fromOffset().orElse(0),
                            wanted.toOffset().orElse(Long.MAX_VALUE) - 1));
        }
        if (wanted.fromMs().isPresent() || wanted.toMs().isPresent()) {
            must(all, range(TIME, wanted.fromMs().orElse(0), wanted.toMs().orElse(Long.MAX_VALUE)));
        }
        wanted.correct().ifPresent(c -> must(all, range(CORRECT, c ? 1 : 0, c ? 1 : 0)));
        if (wanted.minSearches().isPresent() || wanted.maxSearches().isPresent()) {
            must(
                    all,
                    range(
                            SEARCHES,
                            wanted.minSearches().orElse(0),
                            wanted.maxSearches().orElse(Integer.MAX_VALUE)));
        }
        wanted.malformed().ifPresent(m -> must(all, range(VIOLATIONS, m ? 1 : 0, m ? Long.MAX_VALUE : 0)));
        return all.build();
    }

    static Query fate(long code) {
        return NumericDocValuesField.newSlowExactQuery(FATE, code);
    }

    static Sort sort(Wanted.Order order) {
        SortField time = new SortField(TIME, SortField.Type.LONG);
        SortField offset = new SortField(OFFSET, SortField.Type.LONG);
        return switch (order) {
            case TIME -> new Sort(time, offset);
            case NEWEST ->
                new Sort(
                        new SortField(TIME, SortField.Type.LONG, true),
                        new SortField(OFFSET, SortField.Type.LONG, true));
            case ADVANTAGE -> new Sort(new SortField(ADVANTAGE, SortField.Type.DOUBLE, true), time, offset);
            case REWARD -> new Sort(new SortField(REWARD, SortField.Type.DOUBLE, true), time, offset);
            case LENGTH -> new Sort(new SortField(LENGTH, SortField.Type.LONG, true), time, offset);
            case SEARCHES -> new Sort(new SortField(SEARCHES, SortField.Type.LONG, true), time, offset);
        };
    }

    /** Names of the fates by code, as a commit keeps them. */
    static Map<Long, String> fates(Map<String, String> commit) {
        Map<Long, String> fates = new HashMap<>();
        commit.forEach((key, value) -> {
            if (key.startsWith(CODE)) {
                fates.put(Long.parseLong(key.substring(CODE.length())), value);
            }
        });
        return fates;
    }

    /** Code of a fate, a new one if need be. */
    static long code(Map<String, String> commit, List<String> names, String name) {
        int known = names.indexOf(name);
        if (known >= 0) {
            return known;
        }
        names.add(name);
        commit.put(CODE + (names.size() - 1), name);
        return names.size() - 1L;
    }

    private static long code(Map<Long, String> fates, String name) {
        return fates.entrySet().stream()
                .filter(e -> e.getValue().equals(name))
                .mapToLong(Map.Entry::getKey)
                .findFirst()
                .orElse(Long.MIN_VALUE);
    }

    private static Query range(String field, long from, long to) {
        return LongPoint.newRangeQuery(field, from, to);
    }

    private static void number(Document document, String field, long value) {
        document.add(new LongPoint(field, value));
        document.add(new NumericDocValuesField(field, value));
        document.add(new StoredField(field, value));
    }

    private static long stored(Document document, String field) {
        return document.getField(field).numericValue().longValue();
    }

    private static void must(BooleanQuery.Builder all, Query query) {
        all.add(query, Occur.FILTER);
    }
}
