package dev.seine.topics;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child process of {@link ChildBroker}. It answers one line on its output, {@code READY host:port} or
 * {@code FAILED why}, and stops when its input ends, which it does however the parent ends.
 */
final class BrokerMain {
    static final String READY = "READY ";
    static final String FAILED = "FAILED ";

    private static final Logger LOG = LoggerFactory.getLogger(BrokerMain.class);

    private BrokerMain() {}

    /** Runs a broker in the folder that is the one argument. */
    public static void main(String[] args) {
        PrintStream answer = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        ignore("INT");
        ignore("HUP");
        CountDownLatch orphaned = new CountDownLatch(1);
        Thread watch = new Thread(() -> awaitEnd(System.in, orphaned), "parent-watch");
        watch.setDaemon(true);
        watch.start();
        try (EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]))) {
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            answer.println(READY + broker.bootstrap());
            orphaned.await();
        } catch (RuntimeException e) {
            answer.println(FAILED + String.valueOf(e.getMessage()).replace('\n', ' '));
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(0);
    }

    private static void awaitEnd(InputStream input, CountDownLatch ended) {
        try {
            while (input.read() >= 0) {
                // Nothing is sent; only the end counts.
            }
        } catch (IOException e) {
            LOG.warn("the parent's pipe broke", e);
        } finally {
            ended.countDown();
        }
    }

    /**
     * Ctrl-C and a closed terminal reach the whole process group; the parent must be able to finish its writing before the
     * broker goes. By reflection, since the class is outside the standard API.
     */
    private static void ignore(String signal) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            type.getMethod("handle", type, handler)
                    .invoke(
                            null,
                            type.getConstructor(String.class).newInstance(signal),
                            handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.warn("cannot ignore signal {}", signal, e);
        }
    }
}
