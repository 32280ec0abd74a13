package dev.seine.serving.board;

import dev.seine.event.Evaluation;
import dev.seine.event.LearnerStep;
import dev.seine.event.Promotion;
import dev.seine.event.StepPhase;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Outage;
import dev.seine.topics.Role;
import dev.seine.topics.TopicSizes;
import dev.seine.topics.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills a board from the log of one policy, from its first record on. It reads without a group: any number of services may. */
public final class BoardFeed implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(BoardFeed.class);
    private static final Duration LAG_EVERY = Duration.ofSeconds(10);

    private final String name;
    private final String policy;
    private final Clients clients;
    private final Board board;
    private final InstantSource clock;
    private final EventConsumer<LearnerStep> steps;
    private final EventConsumer<Evaluation> evaluations;
    private final EventConsumer<Promotion> promotions;
    private long lagAtMs;
    private Map<String, Map<String, Long>> lag = Map.of();

    /**
     * A feed.
     *
     * @param name of this reader, as it stands in rejections
     */
    public BoardFeed(Clients clients, String name, String policy, Board board, InstantSource clock) {
        this.clients = clients;
        this.name = name;
        this.policy = policy;
        this.board = board;
        this.clock = clock;
        this.steps = clients.assign(Topics.LEARNER_STEPS, name);
        this.evaluations = clients.assign(Topics.EVALUATIONS, name);
        this.promotions = clients.assign(Topics.PROMOTIONS, name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int step() {
        int work = 0;
        for (Event<LearnerStep> event : steps.poll(Duration.ZERO)) {
            if (event.value().getPhase() == StepPhase.APPLIED
                    && event.value().getPolicy().equals(policy)) {
                board.add(event.value());
                work++;
            }
        }
        for (Event<Evaluation> event : evaluations.poll(Duration.ZERO)) {
            if (event.value().getPolicy().equals(policy)) {
                board.add(event.value());
                work++;
            }
        }
        for (Event<Promotion> event : promotions.poll(Duration.ZERO)) {
            if (event.value().getPolicy().equals(policy)) {
                board.add(event.value());
                work++;
            }
        }
        lag();
        return work;
    }

    /** A board without it is still a board: who may not ask brokers for it goes on. */
    private void lag() {
        if (clock.millis() - lagAtMs < LAG_EVERY.toMillis()) {
            return;
        }
        lagAtMs = clock.millis();
        try {
            Map<String, Map<String, Long>> now = clients.sizes().topics().stream()
                    .filter(size -> !size.lag().isEmpty())
                    .collect(Collectors.toMap(TopicSizes.Size::name, TopicSizes.Size::lag, (a, b) -> a, TreeMap::new));
            if (!now.equals(lag)) {
                lag = now;
                board.lag(now, lagAtMs);
            }
        } catch (IllegalStateException e) {
            if (!Outage.passing(e)) {
                LOG.warn("{}: no lag to show: {}", name, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        try (steps;
                evaluations) {
            promotions.close();
        }
    }
}
