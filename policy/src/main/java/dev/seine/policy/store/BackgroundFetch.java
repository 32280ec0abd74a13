package dev.seine.policy.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches one file at a time on a thread of its own, so that who wants it goes on with its work. A store that fails rests, half a second
 * doubling to a minute. For use by one thread.
 */
final class BackgroundFetch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundFetch.class);
    private static final long FIRST_REST_NANOS = Duration.ofMillis(500).toNanos();
    private static final long LONGEST_REST_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);
    private static final Sought COMING = new Sought.Coming();
    private static final Sought GONE = new Sought.Gone();

    private final Function<Pointer, Optional<Path>> fetch;
    private final ExecutorService thread;
    private Optional<Future<Optional<Path>>> running = Optional.empty();
    private Optional<Pointer> wanted = Optional.empty();
    private Optional<Pointer> gone = Optional.empty();
    private int failures;
    private long restUntil = System.nanoTime();

    BackgroundFetch(String name, Function<Pointer, Optional<Path>> fetch) {
        this.fetch = fetch;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** How it stands with a file; begins to fetch it if nothing else is under way. */
    Sought find(Pointer pointer) {
        if (running.isPresent()) {
            if (!running.get().isDone()) {
                return COMING;
            }
            Sought found = ended(running.get());
            running = Optional.empty();
            if (wanted.equals(Optional.of(pointer))) {
                return found;
            }
        }
        boolean missed = gone.equals(Optional.of(pointer));
        if (System.nanoTime() - restUntil < 0 && (failures > 0 || missed)) {
            return missed ? GONE : COMING;
        }
        wanted = Optional.of(pointer);
        running = Optional.of(thread.submit(() -> fetch.apply(pointer)));
        return COMING;
    }

    private Sought ended(Future<Optional<Path>> done) {
        try {
            Optional<Path> file = done.get();
            failures = 0;
            gone = file.isPresent() ? Optional.empty() : wanted;
            rest(0);
            return Sought.of(file);
        } catch (ExecutionException e) {
            rest(failures++);
            if (Integer.bitCount(failures) == 1) { // the first, the second, the fourth
                LOG.warn(
                        "cannot fetch, failure {} in a row: {}",
                        failures,
                        Objects.requireNonNullElse(e.getCause(), e).getMessage());
            }
            return COMING;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return COMING;
        }
    }

    private void rest(int doublings) {
        restUntil = System.nanoTime() + Math.min(FIRST_REST_NANOS << Math.min(doublings, 10), LONGEST_REST_NANOS);
    }

    /** Gives up what is under way, and waits a little until nothing more is written. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a fetch that was given up has not ended after {}", LAST_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
