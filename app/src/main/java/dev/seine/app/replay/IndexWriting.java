package dev.seine.app.replay;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.learner.Learner;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * Brings the index up to the log. The offsets it has come to are committed together with the documents, so that a record is indexed exactly
 * once however often this is stopped. A log that is shorter than what the index has read is another log: the index is then built anew.
 */
public final class IndexWriting {
    private static final String ROLE = "index";
    private static final String FORMAT = "1";
    private static final List<Topic<?>> LAST = List.of(Topics.LEARNER_STEPS, Topics.WEIGHTS);
    private static final List<Topic<?>> FIRST = List.of(
            Topics.QUESTIONS,
            Topics.RETRIEVAL_REQUESTS,
            Topics.RETRIEVAL_RESPONSES,
            Topics.TRAJECTORIES,
            Topics.SCORED_TRAJECTORIES,
            Topics.MEMORY_SAMPLES);

    private final Clients clients;
    private final IndexWriter writer;
    private final Map<String, String> commit;
    private final List<String> fates = new ArrayList<>();
    private long written;

    private IndexWriting(Clients clients, IndexWriter writer, Map<String, String> commit) {
        this.clients = clients;
        this.writer = writer;
        this.commit = commit;
        Map<Long, String> known = new TreeMap<>(IndexFields.fates(commit));
        fates.addAll(known.values());
    }

    /**
     * Reads what the log has that the index has not.
     *
     * @return records added; 0 also if another process is writing the index at the moment
     */
    public static long refresh(Path dir, Clients clients) {
        RunIndex.quiet();
        // Steps first: what a step names lies before it, so it is indexed when the step is.
        Map<String, Map<Integer, Long>> ends = new HashMap<>(clients.ends(LAST));
        ends.putAll(clients.ends(FIRST));
        try (FSDirectory directory = FSDirectory.open(dir)) {
            Map<String, String> commit = commit(directory);
            boolean fits = fits(commit, ends);
            if (fits && upToDate(commit, ends)) {
                return 0;
            }
            try (IndexWriter writer = new IndexWriter(
                    directory,
                    new IndexWriterConfig(null)
                            .setRAMBufferSizeMB(64)
                            .setOpenMode(
                                    fits
                                            ? IndexWriterConfig.OpenMode.CREATE_OR_APPEND
                                            : IndexWriterConfig.OpenMode.CREATE))) {
                return new IndexWriting(clients, writer, fits ? commit : new HashMap<>()).write(ends);
            }
        } catch (LockObtainFailedException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the index " + dir, e);
        }
    }

    private long write(Map<String, Map<Integer, Long>> ends) throws IOException {
        read(Topics.QUESTIONS, ends, e -> {
            Document d = IndexFields.document(e, e.value().getId(), e.value().getSeq());
            IndexFields.id(d, IndexFields.QUESTION, e.value().getId());
            return d;
        });
        read(
                Topics.RETRIEVAL_REQUESTS,
                ends,
                e -> of(e, e.value().getRolloutId(), e.value().getTurn()));
        read(
                Topics.RETRIEVAL_RESPONSES,
                ends,
                e -> of(e, e.value().getRolloutId(), e.value().getTurn()));
        read(Topics.TRAJECTORIES, ends, e -> of(e, e.value().getRolloutId(), -1));
        read(Topics.SCORED_TRAJECTORIES, ends, IndexFields::scored);
        read(Topics.MEMORY_SAMPLES, ends, e -> {
            Document d = IndexFields.document(e, e.value().getSampleId(), -1);
            IndexFields.id(d, IndexFields.ROLLOUT, e.value().getRolloutId());
            return d;
        });
        read(Topics.LEARNER_STEPS, ends, this::step);
        read(
                Topics.WEIGHTS,
                ends,
                e -> IndexFields.document(e, e.value().getSha256(), e.value().getVersion()));
        commit.put("format", FORMAT);
        writer.setLiveCommitData(commit.entrySet());
        writer.commit();
        return written;
    }

    private static Document of(Event<?> event, String rollout, long turn) {
        Document document = IndexFields.document(event, rollout, turn);
        IndexFields.id(document, IndexFields.ROLLOUT, rollout);
        return document;
    }

    /** A plan says what becomes of its rollouts; of several plans of a step the last holds. */
    private Document step(Event<LearnerStep> event) {
        LearnerStep step = event.value();
        if (step.getPhase() == StepPhase.PLANNED && step.getStage().equals(Learner.STAGE)) {
            note(step.getStep(), "trained", step.getTrained());
            step.getSkipped().forEach((reason, ids) -> note(step.getStep(), reason, ids));
        }
        return IndexFields.document(event, step.getPhase().toString(), step.getStep());
    }

    private void note(long step, String fate, Collection<String> rollouts) {
        long code = IndexFields.code(commit, fates, fate);
        try {
            for (String rollout : rollouts) {
                writer.updateDocValues(
                        new Term(IndexFields.SCORED, rollout),
                        new NumericDocValuesField(IndexFields.STEP, step),
                        new NumericDocValuesField(IndexFields.FATE, code));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <V extends SpecificRecord> void read(
            Topic<V> topic, Map<String, Map<Integer, Long>> ends, Function<Event<V>, Document> document) {
        Map<Integer, Long> to = ends.getOrDefault(topic.name(), Map.of());
        Map<Integer, Long> from = new TreeMap<>();
        to.forEach((partition, end) -> {
            long next = Long.parseLong(commit.getOrDefault(key(topic.name(), partition), "0"));
            if (next < end) {
                from.put(partition, next);
            }
        });
        if (from.isEmpty()) {
            return;
        }
        try (EventConsumer<V> consumer = clients.assign(topic, ROLE)) {
            consumer.assignTo(from.keySet());
            from.forEach(consumer::seek);
            consumer.readTo(to, event -> add(document.apply(event)));
        }
        to.forEach((partition, end) -> commit.put(key(topic.name(), partition), Long.toString(end)));
    }

    private void add(Document document) {
        try {
            writer.addDocument(document);
            written++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> commit(FSDirectory directory) throws IOException {
        return DirectoryReader.indexExists(directory)
                ? new HashMap<>(SegmentInfos.readLatestCommit(directory).getUserData())
                : new HashMap<>();
    }

    private static boolean upToDate(Map<String, String> commit, Map<String, Map<Integer, Long>> ends) {
        return FORMAT.equals(commit.get("format")) && compare(commit, ends, Long::equals);
    }

    private static boolean fits(Map<String, String> commit, Map<String, Map<Integer, Long>> ends) {
        return commit.isEmpty()
                || (FORMAT.equals(commit.get("format")) && compare(commit, ends, (next, end) -> next <= end));
    }

    private static boolean compare(
            Map<String, String> commit, Map<String, Map<Integer, Long>> ends, BiPredicate<Long, Long> fits) {
        return ends.entrySet().stream()
                .allMatch(topic -> topic.getValue().entrySet().stream().allMatch(end -> {
                    long next = Long.parseLong(commit.getOrDefault(key(topic.getKey(), end.getKey()), "0"));
                    return fits.test(next, end.getValue());
                }));
    }

    private static String key(String topic, int partition) {
        return topic + "-" + partition;
    }
}
