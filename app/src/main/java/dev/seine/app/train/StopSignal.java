package dev.seine.app.train;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C and SIGTERM as a question that work asks: should it stop? The process lives on until the signal's owner closes it,
 * which says that everything is written, or until patience ends.
 */
public final class StopSignal implements BooleanSupplier, AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Duration patience;

    private StopSignal(Duration patience) {
        this.patience = patience;
    }

    /** Listens from now on. */
    public static StopSignal listen(Duration patience) {
        StopSignal signal = new StopSignal(patience);
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stop, "stop"));
        return signal;
    }

    @Override
    public boolean getAsBoolean() {
        return asked.getCount() == 0;
    }

    /** Waits until it is asked to stop. */
    public void await() throws InterruptedException {
        asked.await();
    }

    @Override
    public void close() {
        ended.countDown();
    }

    private void stop() {
        asked.countDown();
        try {
            if (!ended.await(patience.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("seine: did not stop within " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
