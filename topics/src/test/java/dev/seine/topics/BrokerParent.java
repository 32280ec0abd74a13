package dev.seine.topics;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process with a broker as its child, there to be killed. */
final class BrokerParent {
    private BrokerParent() {}

    /** Starts a broker, prints its process id and waits. */
    public static void main(String[] args) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.child(Path.of(args[0]), Path.of(args[1]))) {
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)
                    .println(broker.pid());
            Thread.currentThread().join();
        }
    }
}
