package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import dev.seine.app.promote.Decisions;
import dev.seine.app.promote.Decisions.Compared;
import dev.seine.event.WeightsPublished;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Lets one version after another of a run's weights serve, over and over, while its service is under load. */
final class Swaps implements AutoCloseable {
    private static final String BY = "bench-serving";
    /** More than an answer generator has engines by default, so that each swap loads a file. */
    private static final int VERSIONS = 5;

    private final Cluster cluster;
    private final Decisions decisions;
    private final List<WeightsPublished> versions;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> swapping;
    private int done;

    Swaps(RunOptions options, double everySeconds) {
        RunConfig config = options.begun(List.of());
        RunFolder folder = options.folder();
        List<Long> there = Candidate.versions(folder);
        if (there.size() < 2) {
            throw new ConfigException(
                    "--swap-every needs two versions of the weights, " + folder.root() + " has " + there);
        }
        List<Candidate> newest = there.subList(Math.max(0, there.size() - VERSIONS), there.size()).stream()
                .map(version -> Candidate.of("v" + version, "", folder, config))
                .toList();
        this.versions = PromotionGate.keep(folder, config, newest, BY);
        this.cluster = options.attach();
        this.decisions = new Decisions(cluster.clients(), config.run().policy(), Clock.systemUTC());
        long every = (long) (everySeconds * 1e9);
        this.swapping = clock.scheduleAtFixedRate(this::swap, every, every, TimeUnit.NANOSECONDS);
    }

    private void swap() {
        decisions.promote(versions.get(done++ % versions.size()), BY, "a swap under load", Compared.NONE);
    }

    /** Ends the swapping; the newest of the versions serves then. @return how many swaps there were */
    int end() throws InterruptedException {
        if (swapping.isDone()) {
            throw new IllegalStateException("the swaps ended early, after " + done + "; the log has the cause");
        }
        clock.shutdown();
        if (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("a swap does not end");
        }
        decisions.promote(versions.get(versions.size() - 1), BY, "the swaps are over", Compared.NONE);
        return done;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        decisions.close();
        cluster.close();
    }
}
