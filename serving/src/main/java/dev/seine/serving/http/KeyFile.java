package dev.seine.serving.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The keys that may call the API: a text file of one line a key, with id, name, time and SHA-256 between tabs. Secrets are shown once, when
 * a key is made, and kept nowhere. A change of the file counts from the next request on.
 */
public final class KeyFile {
    private static final String PREFIX = "sk-seine-";
    private static final int FIELDS = 4;
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;

    /** What the file looked like when it was read: a change is a change of this. */
    private record Stamp(long modified, long size) {}

    private final Path file;
    private Stamp read = new Stamp(-1, -1);
    private List<ApiKey> keys = List.of();

    /** Keys in this file; one that is not there has none. */
    public KeyFile(Path file) {
        this.file = file;
    }

    /** Whether there are any keys; the file of revoked ones alone still closes the API. */
    public boolean exists() {
        return Files.exists(file);
    }

    /**
     * All keys.
     *
     * @throws IllegalArgumentException if a line is no key; the message names it
     */
    public synchronized List<ApiKey> keys() {
        try {
            if (!Files.exists(file)) {
                read = new Stamp(-1, -1);
                keys = List.of();
                return keys;
            }
            Stamp now = new Stamp(Files.getLastModifiedTime(file).toMillis(), Files.size(file));
            if (!now.equals(read)) {
                keys = parse(Files.readAllLines(file, StandardCharsets.UTF_8));
                read = now;
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the keys in " + file, e);
        }
    }

    /** The key of this secret, if there is one. */
    public Optional<ApiKey> find(String secret) {
        byte[] hash = sha256(secret).getBytes(StandardCharsets.US_ASCII);
        return keys().stream()
                .filter(key -> MessageDigest.isEqual(hash, key.sha256().getBytes(StandardCharsets.US_ASCII)))
                .findFirst();
    }

    /**
     * Makes a key and returns its secret: the only time that it can be seen.
     *
     * @param name whose it is; one line
     */
    public synchronized String add(String name, SecureRandom random, Clock clock) {
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a key must be one line of text, got '" + name + "'");
        }
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        String idText = HexFormat.of().formatHex(id);
        String whole =
                PREFIX + idText + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        List<ApiKey> more = new ArrayList<>(keys());
        more.add(new ApiKey(idText, name, clock.instant().toString(), sha256(whole)));
        write(more);
        return whole;
    }

    /** Removes a key; returns whether it was there. */
    public synchronized boolean revoke(String id) {
        List<ApiKey> fewer = new ArrayList<>(keys());
        boolean there = fewer.removeIf(key -> key.id().equals(id));
        if (there) {
            write(fewer);
        }
        return there;
    }

    private void write(List<ApiKey> all) {
        List<String> lines = all.stream()
                .map(key -> String.join("\t", key.id(), key.name(), key.createdAt(), key.sha256()))
                .toList();
        Path folder = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
            Path whole = Files.createTempFile(folder, "keys", ".tmp", ownerOnly());
            Files.write(whole, lines);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            read = new Stamp(-1, -1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the keys to " + file, e);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private List<ApiKey> parse(List<String> lines) {
        List<ApiKey> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\t", -1);
            if (fields.length != FIELDS || fields[3].length() != 64) {
                throw new IllegalArgumentException(file + " line " + (i + 1)
                        + ": expected id, name, time and SHA-256 between tabs, got " + fields.length + " fields");
            }
            found.add(new ApiKey(fields[0], fields[1], fields[2], fields[3]));
        }
        return List.copyOf(found);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
