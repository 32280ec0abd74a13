package dev.seine.policy.store;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store cannot be reached or is too busy: the same may succeed later without anything being changed here. */
public final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(StoreUnavailable.class);
    private static final long PAUSE_SECONDS = 1;

    /** For whoever asks a store. */
    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    /** The answer of a call that is made again for as long as the store is away, so that a start needs no luck. */
    public static <T> T waitedOut(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (StoreUnavailable e) {
                LOG.warn("waiting for the store: {}", e.getMessage());
                pause(e);
            }
        }
    }

    private static void pause(StoreUnavailable unavailable) {
        try {
            TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable;
        }
    }
}
