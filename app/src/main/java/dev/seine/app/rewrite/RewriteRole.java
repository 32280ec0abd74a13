package dev.seine.app.rewrite;

import dev.seine.app.chat.ChatClient;
import dev.seine.event.MemorySample;
import dev.seine.event.ScoredTrajectory;
import dev.seine.streams.memory.MemorySamples;
import dev.seine.streams.reward.RewardSchedule;
import dev.seine.topics.Assignments;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads scored trajectories and writes memory samples that a language model made of them: of each group the correct, well-formed trajectory
 * with the fewest searches among those that searched. It stands beside the reward topology, which then writes none, so that rewards never
 * wait for an endpoint; an endpoint that is away costs samples, which are counted, and nothing else. Offsets are committed after what came of
 * a group is written: after a crash a sample may be written again, under the same id.
 */
public final class RewriteRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(RewriteRole.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Comparator<ScoredTrajectory> FEWEST_SEARCHES = Comparator.comparingInt(
                    (ScoredTrajectory s) -> s.getTrajectory().getSearches())
            .thenComparingInt(s -> s.getTrajectory().getRolloutIndex());

    private final RewardSchedule rewards;
    private final EventConsumer<ScoredTrajectory> scored;
    private final EventProducer producer;
    private final LlmRewriter rewriter;
    private final RewriteCounts counts = new RewriteCounts();
    private final ExecutorService requests;
    /** Groups of which some have come, by partition and group. */
    private final Map<Integer, Map<String, List<Event<ScoredTrajectory>>>> open = new HashMap<>();

    private final List<List<Event<ScoredTrajectory>>> closed = new ArrayList<>();

    /** Rewrites for this policy's learner, with the key that the environment holds, if any. */
    public RewriteRole(Clients clients, String policy, RewardSchedule rewards, RewriteConfig config) {
        this.rewards = rewards;
        this.rewriter = new LlmRewriter(
                new ChatClient(config.endpoint(), Optional.ofNullable(System.getenv(RewriteConfig.KEY))), counts);
        this.producer = clients.producer(name());
        this.scored = clients.subscribe(Topics.SCORED_TRAJECTORIES, "rewriter-" + policy, name(), new Assignments() {
            @Override
            public void revoked(Set<Integer> partitions) {
                open.keySet().removeAll(partitions);
            }

            @Override
            public void assigned(Set<Integer> partitions) {
                open.keySet().removeAll(partitions);
            }
        });
        this.requests = Executors.newFixedThreadPool(config.concurrency(), task -> {
            Thread thread = new Thread(task, name());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public String name() {
        return "rewriter";
    }

    /** Rewrites the groups that have come, all at once; returns how many records it read. Takes as long as the slowest of them. */
    @Override
    public int step() {
        List<Event<ScoredTrajectory>> read = scored.poll(POLL);
        read.forEach(this::gather);
        if (!closed.isEmpty()) {
            rewrite();
        }
        return read.size();
    }

    /** What it has done since it started. */
    public RewriteCounts.Counts counts() {
        return counts.counts();
    }

    @Override
    public void close() {
        requests.shutdownNow();
        LOG.info("rewriter: {}", counts());
        try (producer) {
            scored.close();
        }
    }

    private void gather(Event<ScoredTrajectory> event) {
        Map<String, List<Event<ScoredTrajectory>>> groups =
                open.computeIfAbsent(event.partition(), p -> new LinkedHashMap<>());
        List<Event<ScoredTrajectory>> group = groups.computeIfAbsent(event.key(), key -> new ArrayList<>());
        group.add(event);
        if (group.size() == event.value().getGroupCount()) {
            closed.add(group);
            groups.remove(event.key());
        }
    }

    /** Where reading must begin again: behind what is closed, but not behind the first of a group that is open. */
    private Map<Integer, Long> offsets() {
        Map<Integer, Long> next = new HashMap<>();
        for (List<Event<ScoredTrajectory>> group : closed) {
            Event<ScoredTrajectory> last = group.get(group.size() - 1);
            next.merge(last.partition(), last.offset() + 1, Math::max);
        }
        next.replaceAll((partition, offset) -> open.getOrDefault(partition, Map.of()).values().stream()
                .mapToLong(group -> group.get(0).offset())
                .reduce(offset, Math::min));
        return next;
    }

    private void rewrite() {
        List<Callable<List<MemorySample>>> tasks = new ArrayList<>();
        for (List<Event<ScoredTrajectory>> group : closed) {
            best(group).ifPresent(s -> tasks.add(() -> MemorySamples.of(List.of(s), rewriter)));
        }
        try {
            for (Future<List<MemorySample>> done : requests.invokeAll(tasks)) {
                for (MemorySample sample : done.get()) {
                    producer.send(Topics.MEMORY_SAMPLES, sample.getQuestionId(), sample);
                    counts.written();
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("memory samples cannot be made", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        producer.flush();
        scored.commit(offsets());
        closed.clear();
    }

    private Optional<ScoredTrajectory> best(List<Event<ScoredTrajectory>> group) {
        long seq = group.get(0).value().getTrajectory().getSeq();
        boolean wanted = (rewards.inFirst(seq) ? rewards.first() : rewards.rest()).memorize();
        return group.stream()
                .map(Event::value)
                .filter(s -> wanted && MemorySamples.worthKeeping(s))
                .min(FEWEST_SEARCHES);
    }
}
