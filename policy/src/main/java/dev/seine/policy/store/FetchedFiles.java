package dev.seine.policy.store;

import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one role has fetched: files in a folder of its own, the few that were used last. A file has its name only once its size and checksum
 * are right.
 */
final class FetchedFiles {
    private static final String PART = ".part";
    private static final int CHECKSUM_IN_NAME = 16;

    private final Path folder;
    private final int keep;

    /**
     * @param folder of this role alone; made if it is not there
     * @param keep files kept
     */
    FetchedFiles(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /** Where a file with this checksum is, or will be. */
    Path file(String name, String sha256) {
        return folder.resolve(sha256.substring(0, Math.min(CHECKSUM_IN_NAME, sha256.length())) + "-" + name);
    }

    /** Says that a file is used, so that others go first. */
    void use(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    }

    /** Removes what was used longest ago, so that there is room for one more. */
    void makeRoom() throws IOException {
        Files.createDirectories(folder);
        record Used(Path file, FileTime at) {}
        List<Used> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(f -> !f.toString().endsWith(PART)).toList()) {
                files.add(new Used(
                        file,
                        Files.readAttributes(file, BasicFileAttributes.class).lastModifiedTime()));
            }
        }
        files.sort(Comparator.comparing(Used::at));
        for (Used old : files.subList(0, Math.max(0, files.size() - (keep - 1)))) {
            Files.delete(old.file());
        }
    }

    /**
     * Writes what comes into a file.
     *
     * @param source what the content is of, for messages
     * @throws UncheckedIOException if size or checksum are not as expected; nothing is left of it then
     */
    static void write(String source, InputStream in, long bytes, String sha256, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + PART);
        try {
            long got = copy(in, part, bytes);
            expect(source, "bytes", Long.toString(got), Long.toString(bytes));
            expect(source, "SHA-256", Sha256.of(part), sha256);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** At most one byte more than expected. */
    private static long copy(InputStream in, Path part, long bytes) throws IOException {
        long got = 0;
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(part)) {
            while (got <= bytes) {
                int read;
                try {
                    read = in.read(buffer, 0, (int) Math.min(buffer.length, bytes + 1 - got));
                } catch (IOException e) {
                    throw new StoreUnavailable("the connection broke after " + got + " of " + bytes + " bytes", e);
                }
                if (read < 0) {
                    break;
                }
                out.write(buffer, 0, read);
                got += read;
            }
        }
        return got;
    }

    /** @throws UncheckedIOException if they differ */
    static void expect(String source, String what, String got, String expected) {
        if (!got.equalsIgnoreCase(expected)) {
            throw new UncheckedIOException(
                    new IOException(source + " has " + what + " " + got + ", expected " + expected));
        }
    }
}
