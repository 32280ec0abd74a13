package dev.seine.topics;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The folder of an embedded broker: its data, and the ports it had, so that clients that outlive it find it again after a
 * restart.
 */
record BrokerFolder(Path dir) {
    /** Less than this and the broker would soon halt in the middle of a run. */
    private static final long NEEDED_BYTES = 128L << 20;

    /** Ports of clients and of the controller. */
    record Ports(int broker, int controller) {
        String bootstrap() {
            return "127.0.0.1:" + broker;
        }

        String controllerAddress() {
            return "127.0.0.1:" + controller;
        }
    }

    Path data() {
        return dir.resolve("data");
    }

    /** Fails unless a broker can work in this folder. */
    void check() {
        try {
            Files.createDirectories(data());
            Files.delete(Files.createTempFile(data(), "writable", ".tmp"));
            long free = Files.getFileStore(data()).getUsableSpace();
            if (free < NEEDED_BYTES) {
                throw new IllegalStateException("broker folder " + dir + ": expected at least " + (NEEDED_BYTES >> 20)
                        + " MiB of free disk space, got " + (free >> 20) + " MiB");
            }
            if (inUse()) {
                throw new IllegalStateException("broker folder " + dir + " is in use by another broker");
            }
        } catch (IOException e) {
            throw new IllegalStateException("broker folder " + dir + " cannot be written: " + e, e);
        }
    }

    /** Address of the broker that works in this folder at present, if one does. */
    Optional<String> running() {
        try {
            if (!Files.isDirectory(data()) || !inUse()) {
                return Optional.empty();
            }
            String port = Files.readAllLines(dir.resolve("ports")).get(0).trim();
            return Optional.of(new Ports(Integer.parseInt(port), 0).bootstrap());
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalStateException(
                    "broker folder " + dir + " is in use, but its ports are not known: " + e, e);
        }
    }

    /** Whether the broker that worked here last did not end in order; a broker leaves this file when it does. */
    boolean killed() {
        return formatted() && !Files.exists(data().resolve(".kafka_cleanshutdown"));
    }

    private boolean formatted() {
        return Files.exists(data().resolve("meta.properties"));
    }

    /** Formats the folder unless it has been before. */
    void format(BrokerLayout layout) {
        if (formatted()) {
            return;
        }
        try {
            new Formatter()
                    .setNodeId(layout.node())
                    .setClusterId(layout.clusterId())
                    .addDirectory(data().toString())
                    .setMetadataLogDirectory(data().toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER)
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, "UTF-8"))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("broker folder " + dir + " cannot be formatted: " + e, e);
        }
    }

    /** The ports of last time if they are free and wanted, else two free ones; they are remembered. */
    Ports ports(boolean again) {
        try {
            Path file = dir.resolve("ports");
            if (again && Files.exists(file)) {
                List<Integer> old = new ArrayList<>();
                for (String line : Files.readAllLines(file)) {
                    old.add(Integer.parseInt(line.trim()));
                }
                if (old.size() == 2 && old.stream().allMatch(BrokerFolder::free)) {
                    return new Ports(old.get(0), old.get(1));
                }
            }
            Ports fresh = freePorts();
            Files.writeString(file, fresh.broker() + "\n" + fresh.controller() + "\n");
            return fresh;
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException("broker folder " + dir + ": no ports: " + e, e);
        }
    }

    private boolean inUse() throws IOException {
        // Kafka locks this file of each data folder for as long as it runs.
        try (FileChannel file =
                        FileChannel.open(data().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    private static Ports freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket one = new ServerSocket(0, 1, loopback);
                ServerSocket two = new ServerSocket(0, 1, loopback)) {
            return new Ports(one.getLocalPort(), two.getLocalPort());
        }
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
