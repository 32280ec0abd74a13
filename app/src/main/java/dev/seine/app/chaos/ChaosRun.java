package dev.seine.app.chaos;

import dev.seine.event.LearnerStep;
import dev.seine.event.StepPhase;
import dev.seine.topics.Clients;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.Outage;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Watches a running fleet and does to it what the plan says, a fault every so many learner steps, until the learner is done. */
final class ChaosRun {
    private static final long PAUSE_MS = 15_000;
    private static final long SEARCH_AWAY_MS = 60_000;
    private static final int AT_ONCE = 3;
    private static final Duration GLANCE = Duration.ofMillis(250);

    private final Fleet fleet;
    private final Clients clients;
    private final String policy;
    private final Path checkpoints;
    private final int steps;
    private final Consumer<String> say;
    private final Deque<Fault> plan;
    private final int faults;
    private final EventConsumer<LearnerStep> feed;
    private final Map<Long, Map<String, Double>> applied = new TreeMap<>();
    private final List<Recovery> recovering = new ArrayList<>();
    private final Map<String, List<Double>> recovered = new TreeMap<>();
    private final List<Later> later = new ArrayList<>();
    private final long startedMs = System.currentTimeMillis();
    private long appliedAtMs;
    private int kills;

    ChaosRun(
            Fleet fleet,
            Clients clients,
            String policy,
            Path checkpoints,
            int steps,
            List<Fault> plan,
            Consumer<String> say) {
        this.fleet = fleet;
        this.clients = clients;
        this.policy = policy;
        this.checkpoints = checkpoints;
        this.steps = steps;
        this.plan = new ArrayDeque<>(plan);
        this.faults = plan.size();
        this.say = say;
        this.feed = clients.assign(Topics.LEARNER_STEPS, "chaos");
    }

    /** Runs until the learner has done its steps and every fault is over. @return false if the time ran out first */
    boolean run(Duration limit, @Nullable Junk junk) throws InterruptedException {
        long lastSaid = -1;
        long junkAt = 0;
        while (System.currentTimeMillis() - startedMs < limit.toMillis()) {
            fleet.tend();
            attempt(() -> feed.poll(Duration.ZERO).forEach(event -> note(event.value())));
            if (junk != null && System.currentTimeMillis() - junkAt > 2_000) {
                junkAt = System.currentTimeMillis();
                attempt(junk::tend);
            }
            runLater();
            recovering.removeIf(this::over);
            while (due()) {
                carryOut(plan.remove());
            }
            if (done() / 10 > lastSaid) {
                lastSaid = done() / 10;
                say.accept("step " + done() + ", " + plan.size() + " faults to come");
            }
            if (done() >= steps && plan.isEmpty() && recovering.isEmpty() && later.isEmpty()) {
                return true;
            }
            TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
        }
        return false;
    }

    /** Metrics of the steps by number. */
    Map<Long, Map<String, Double>> metrics() {
        return applied;
    }

    /** Seconds from kill to work, by name. */
    Map<String, List<Double>> recovered() {
        return recovered;
    }

    int kills() {
        return kills;
    }

    void close() {
        feed.close();
    }

    private long done() {
        return applied.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private void note(LearnerStep step) {
        if (step.getPolicy().equals(policy) && step.getPhase() == StepPhase.APPLIED) {
            applied.put(step.getStep(), step.getMetrics());
            appliedAtMs = Math.max(appliedAtMs, step.getAtMs());
        }
    }

    /** The next fault's turn has come: faults are spread evenly over the first nine tenths of the steps. */
    private boolean due() {
        if (plan.isEmpty() || recovering.size() >= AT_ONCE) {
            return false;
        }
        long at = Math.round((faults - plan.size() + 1) * 0.9 * steps / (faults + 1));
        Fault next = plan.peek();
        boolean busy = recovering.stream().anyMatch(r -> r.name().equals(next.member()))
                || (!next.member().isEmpty()
                        && (fleet.member(next.member()).paused()
                                || !fleet.member(next.member()).alive()));
        return done() >= at && !busy;
    }

    private void carryOut(Fault fault) {
        say.accept("%6.1f s, step %d: %s %s"
                .formatted(
                        (System.currentTimeMillis() - startedMs) / 1e3,
                        done(),
                        fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        fault.member()));
        switch (fault.kind()) {
            case KILL -> kill(fault.member());
            case KILL_AND_DAMAGE -> {
                kill(fault.member());
                damageNewest();
            }
            case PAUSE -> {
                fleet.member(fault.member()).pause(true);
                in(PAUSE_MS, () -> fleet.member(fault.member()).pause(false));
            }
            case SEARCH_AWAY -> {
                touch(fleet.searchAway());
                in(SEARCH_AWAY_MS, () -> remove(fleet.searchAway()));
            }
        }
    }

    private void kill(String name) {
        String group = Recovery.group(name, policy);
        Set<String> members = Set.of();
        // A broker that is away cannot be asked, and it is this thread that starts it again.
        if (!group.isEmpty() && fleet.brokerAnswers(clients)) {
            try {
                members = clients.members(group).keySet();
            } catch (RuntimeException e) {
                say.accept("members of " + group + " are not known: " + e.getMessage());
            }
        }
        fleet.member(name).kill();
        kills++;
        recovering.add(new Recovery(name, policy, members));
    }

    private boolean over(Recovery recovery) {
        if (!recovery.over(clients, fleet, appliedAtMs) && done() < steps) {
            return false;
        }
        String kind = recovery.name().replaceAll("-\\d+$", "");
        recovered.computeIfAbsent(kind, k -> new ArrayList<>()).add(recovery.seconds());
        say.accept("%s works again after %.1f s".formatted(recovery.name(), recovery.seconds()));
        return true;
    }

    /** One bit of the newest checkpoint's weights. */
    private void damageNewest() {
        try (Stream<Path> all = Files.list(checkpoints)) {
            Path newest = all.filter(f -> f.getFileName().toString().matches("step-\\d+"))
                    .max(Path::compareTo)
                    .orElseThrow()
                    .resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(newest);
            bytes[bytes.length - 1] ^= 1;
            Files.write(newest, bytes);
            say.accept("damaged " + newest);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot damage a checkpoint", e);
        }
    }

    private void in(long ms, Runnable action) {
        later.add(new Later(System.currentTimeMillis() + ms, action));
    }

    private void runLater() {
        long now = System.currentTimeMillis();
        later.removeIf(next -> {
            boolean due = next.atMs() <= now;
            if (due) {
                next.action().run();
            }
            return due;
        });
    }

    private record Later(long atMs, Runnable action) {}

    /** The broker may be away. */
    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (RuntimeException e) {
            if (!Outage.passing(e) && !(e instanceof IllegalStateException)) {
                throw e;
            }
        }
    }

    private static void touch(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file, e);
        }
    }
}
