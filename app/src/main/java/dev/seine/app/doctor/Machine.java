package dev.seine.app.doctor;

import dev.seine.app.Failures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Checks of the machine itself. */
final class Machine {
    private static final long GIB = 1L << 30;
    private static final int OLDEST_JDK = 17;
    private static final long MEMORY_NEEDED = 2 * GIB;
    private static final long MEMORY_WANTED = 4 * GIB;
    private static final long DISK_NEEDED = GIB / 2;
    private static final long DISK_WANTED = 4 * GIB;

    private Machine() {}

    static Finding jdk() {
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        return Runtime.version().feature() >= OLDEST_JDK
                ? Finding.ok("JDK", found)
                : Finding.fail("JDK", found, "Seine needs 17 or newer: set SEINE_JAVA_HOME to one");
    }

    static Finding cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        return cores >= 2
                ? Finding.ok("cores", Integer.toString(cores))
                : Finding.warn("cores", Integer.toString(cores), "with one core a run takes more than twice as long");
    }

    static Finding memory() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        if (total < MEMORY_NEEDED) {
            return Finding.fail("memory", gib(total), "a run needs 2 GiB, better 4 GiB");
        }
        return total < MEMORY_WANTED
                ? Finding.warn("memory", gib(total), "the default run may take up to 4 GiB over all its processes")
                : Finding.ok("memory", gib(total));
    }

    /** The folder, or the nearest one above it that is there, can be written and has room. */
    static Finding folder(Path run) {
        Path there = run.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            Files.delete(Files.createTempFile(there, ".seine", ".tmp"));
            long free = Files.getFileStore(there).getUsableSpace();
            String found = there + ", " + gib(free) + " free";
            if (free < DISK_NEEDED) {
                return Finding.fail("run folder", found, "free some space or give another folder with --run");
            }
            return free < DISK_WANTED
                    ? Finding.warn("run folder", found, "a long run writes several GiB of events and checkpoints")
                    : Finding.ok("run folder", found);
        } catch (IOException e) {
            return Finding.fail(
                    "run folder", there + " cannot be written: " + Failures.line(e), "give another folder with --run");
        }
    }

    /** The embedded broker needs two ports, the registry one. */
    static Finding ports() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket broker = new ServerSocket(0, 1, loopback);
                ServerSocket controller = new ServerSocket(0, 1, loopback);
                ServerSocket registry = new ServerSocket(0, 1, loopback)) {
            return Finding.ok(
                    "loopback ports",
                    "can listen, for example on " + broker.getLocalPort() + ", " + controller.getLocalPort() + " and "
                            + registry.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + loopback + ": " + e.getMessage(), e);
        }
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}
