package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.RetrievalStatus;
import dev.seine.event.Trajectory;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.retrieval.Retriever;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Writes rollouts without a log, as for an evaluation: the generator's state machine with a retriever at hand. */
public final class LocalRollouts {
    private final SequenceEngine engine;
    private final Tokenizer tokenizer;
    private final Retriever retriever;
    private final String policy;
    private final long seed;
    private final Clock clock;

    /**
     * Rollouts of one policy. Engine, tokenizer and retriever stay the caller's.
     *
     * @param engine with weights loaded and no sequence in it
     * @param policy name of the policy, as it stands in the trajectories
     */
    public LocalRollouts(
            SequenceEngine engine, Tokenizer tokenizer, Retriever retriever, String policy, long seed, Clock clock) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.retriever = retriever;
        this.policy = policy;
        this.seed = seed;
        this.clock = clock;
    }

    /**
     * Writes the groups of these questions, at the configuration's temperature; returns the trajectories in the order of questions and indices.
     *
     * @throws IllegalArgumentException if a question cannot be used or an id is there twice
     */
    public List<Trajectory> run(List<Question> questions, GeneratorConfig config, SearchMode mode) {
        Map<Long, Trajectory[]> groups = new TreeMap<>();
        Deque<AwaitingPassages> searches = new ArrayDeque<>();
        TrajectoryWriter writer = new TrajectoryWriter(policy, config, tokenizer);
        RolloutPool pool = new RolloutPool(
                engine,
                new Transitions(config, tokenizer),
                config.maxFailures(),
                clock,
                searches::add,
                (Finished done) -> {
                    Plan plan = done.plan();
                    Trajectory[] group =
                            Objects.requireNonNull(groups.get(plan.origin().offset()), plan::rolloutId);
                    group[plan.index()] = writer.write(done);
                });
        for (List<Plan> group : plans(questions, config, mode)) {
            groups.put(group.get(0).origin().offset(), new Trajectory[group.size()]);
            pool.add(group);
        }
        while (pool.queued() + pool.active() > 0) {
            pool.tick();
            while (!searches.isEmpty()) {
                AwaitingPassages waiting = searches.remove();
                pool.found(waiting.plan().rolloutId(), search(waiting.search(), config.topK()));
            }
        }
        return groups.values().stream().flatMap(Arrays::stream).toList();
    }

    /** Why a question cannot be used, such as a prompt too long; empty if it can. */
    public Optional<String> problem(Question question, GeneratorConfig config) {
        try {
            new Planner(config, tokenizer, seed).plan(question, new Origin(0, 0));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private List<List<Plan>> plans(List<Question> questions, GeneratorConfig config, SearchMode mode) {
        Planner planner = new Planner(config, tokenizer, seed);
        Set<String> ids = new HashSet<>();
        List<List<Plan>> plans = new ArrayList<>();
        for (Question question : questions) {
            List<Plan> group = planner.plan(question, new Origin(0, plans.size()), mode);
            if (!ids.add(group.get(0).groupId())) {
                throw new IllegalArgumentException("question " + group.get(0).groupId() + " is there twice");
            }
            plans.add(group);
        }
        return plans;
    }

    private Found search(Rollout.Search search, int topK) {
        try {
            return new Found(
                    search.requestId(),
                    search.query(),
                    RetrievalStatus.OK,
                    "",
                    retriever.search(search.query(), topK),
                    clock.millis());
        } catch (RuntimeException e) {
            return new Found(
                    search.requestId(), search.query(), RetrievalStatus.ERROR, e.toString(), List.of(), clock.millis());
        }
    }
}
