package dev.seine.app.train;

import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import java.util.List;
import java.util.Optional;

/** A policy that writes rollouts, scored by its recipe's rules, wherever it runs. */
interface Sampler extends AutoCloseable {
    /**
     * The rollouts of each question, as many as its group size says, in the order of questions and rollouts. Rollouts of the
     * same question in another epoch are others.
     */
    List<ScoredTrajectory> sample(List<Question> questions, double temperature);

    /** Why a question cannot be asked, such as a prompt too long; empty if it can. */
    Optional<String> problem(Question question);

    @Override
    void close();
}
