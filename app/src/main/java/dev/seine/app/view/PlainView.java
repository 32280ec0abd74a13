package dev.seine.app.view;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A line at most every so often, and one whenever a stage begins or ends. */
final class PlainView implements View {
    private final PrintStream out;
    private final long everyNanos;
    private final LongSupplier nanoTime;

    private @Nullable Progress last;
    private boolean written = true;
    private long writtenAt;

    PlainView(PrintStream out, Duration every, LongSupplier nanoTime) {
        this.out = out;
        this.everyNanos = every.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void show(Progress progress) {
        boolean newStage = last == null || !last.stage().equals(progress.stage());
        if (newStage) {
            writeLast();
        }
        last = progress;
        written = false;
        if (newStage || nanoTime.getAsLong() - writtenAt >= everyNanos) {
            writeLast();
        }
    }

    @Override
    public void say(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        writeLast();
    }

    private void writeLast() {
        if (last != null && !written) {
            say(PlainLine.of(last));
            written = true;
            writtenAt = nanoTime.getAsLong();
        }
    }
}
