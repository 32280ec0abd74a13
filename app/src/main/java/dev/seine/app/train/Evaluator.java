package dev.seine.app.train;

import dev.seine.event.Question;
import dev.seine.event.ScoredTrajectory;
import dev.seine.event.Trajectory;
import dev.seine.policy.Decoder;
import dev.seine.policy.LocalEngine;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Precision;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.LocalRollouts;
import dev.seine.producers.generator.SearchMode;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.streams.reward.RewardConfig;
import dev.seine.streams.reward.Scoring;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks a policy questions and scores its answers: the same rollout code as the generator's and the same rules as the reward
 * topology's. Greedy answers of equal weights are equal.
 */
final class Evaluator implements Sampler {
    private final RunConfig config;
    private final Tokenizer tokenizer;
    private final Retriever retriever;
    private final SequenceEngine engine;
    private final Scoring scoring;

    /**
     * Loads a policy.
     *
     * @param weights safetensors file
     * @param tokenizer stays the caller's, as does the retriever
     */
    Evaluator(RunConfig config, ModelConfig model, Path weights, Tokenizer tokenizer, Retriever retriever) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.retriever = retriever;
        this.engine = new LocalEngine(
                Decoder.load(weights, model, config.device(), Precision.FLOAT32),
                config.generate().slots(),
                config.generate().maxTokens(),
                0);
        this.scoring = new Scoring(plain(config.reward()));
    }

    /** One answer to each question, in order: greedy. */
    List<ScoredTrajectory> ask(List<Question> questions, SearchMode mode) {
        return score(rollouts().run(questions, config.generate().withTemperature(0), mode));
    }

    @Override
    public List<ScoredTrajectory> sample(List<Question> questions, double temperature) {
        return score(rollouts().run(questions, config.generate().withTemperature(temperature), SearchMode.FREE));
    }

    @Override
    public Optional<String> problem(Question question) {
        return rollouts().problem(question, config.generate());
    }

    private LocalRollouts rollouts() {
        return new LocalRollouts(
                engine,
                tokenizer,
                retriever,
                config.run().policy(),
                config.run().seed(),
                Clock.systemUTC());
    }

    private List<ScoredTrajectory> score(List<Trajectory> trajectories) {
        return trajectories.stream()
                .map(trajectory -> scoring.score(List.of(trajectory), OptionalInt.empty())
                        .scored()
                        .get(0))
                .toList();
    }

    /** The recipe's rules for a text on its own: groups and history play no part. */
    private static RewardConfig plain(RewardConfig reward) {
        return new RewardConfig(
                reward.recipe(),
                reward.dialect(),
                reward.formatRule(),
                reward.formatPenalty(),
                reward.answerRule(),
                reward.maxAnswerWords(),
                reward.maxSearches(),
                0,
                reward.groupExponent(),
                reward.groupClip(),
                0,
                false,
                reward.groupTimeout(),
                reward.extra());
    }

    @Override
    public void close() {
        engine.close();
    }
}
