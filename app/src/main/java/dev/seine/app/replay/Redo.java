package dev.seine.app.replay;

import dev.seine.app.train.Roles;
import dev.seine.app.train.RunConfig;
import dev.seine.app.train.RunFolder;
import dev.seine.learner.StepReplay;
import dev.seine.policy.Decoder;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.store.RunStore;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.topics.Clients;
import java.util.List;

/** A step replay with what it needs from the run folder, and from the run's store what the folder has not. */
final class Redo implements AutoCloseable {
    private static final String ROLE = "replay-step";

    private final Tokenizer tokenizer;
    private final Decoder decoder;
    private final RunStore store;
    private final StepReplay steps;

    /**
     * Opens it.
     *
     * @param config the run's own
     * @param clients observers
     * @param threads those that the learner had: 1 in a run of {@code seine train} or {@code seine learn}
     */
    Redo(RunFolder folder, RunConfig config, Clients clients, int threads) {
        Torch.threads(threads);
        tokenizer = Tokenizer.load(folder.tokenizer());
        decoder = Roles.trainee(folder, config);
        List<Demonstration> demonstrations =
                config.learn().rehearsal().batch() > 0 ? Demonstration.read(folder.rehearsal()) : List.of();
        store = config.store().open(folder.root(), ROLE);
        steps = new StepReplay(
                config.learnerConfig(),
                clients,
                decoder,
                tokenizer,
                demonstrations,
                Dialect.of(config.generate().dialect()),
                folder.root(),
                store);
    }

    StepReplay steps() {
        return steps;
    }

    @Override
    public void close() {
        steps.close();
        store.close();
        decoder.close();
        tokenizer.close();
    }
}
