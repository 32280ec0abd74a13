package dev.seine.producers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads the lines of a UTF-8 file; a bad line is reported and the rest goes on. */
public final class TextLines {
    /** Longest line in bytes. */
    static final int MAX_LINE_BYTES = 8 << 20;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextLines() {}

    /** Takes one line. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a line that is not blank, with its number from 1.
         *
         * @throws IllegalArgumentException to have the line refused, with the message as cause
         */
        void accept(long number, String line);
    }

    /** Hands the lines to the sink in the order of the file. A file that cannot be read at all is an error. */
    public static void read(Path file, Sink sink, Consumer<RefusedLine> refused) {
        try (InputStream in = Files.newInputStream(file)) {
            read(in, file, 0, sink, refused);
        } catch (IOException e) {
            throw new UncheckedIOException("file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * The same from an open stream, which stays open.
     *
     * @param file what the stream is called in messages
     * @param after number of the last line to be passed over; 0 passes over none
     */
    public static void read(InputStream in, Path file, long after, Sink sink, Consumer<RefusedLine> refused)
            throws IOException {
        ByteLines lines = new ByteLines(in, MAX_LINE_BYTES);
        for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
            if (lines.line() <= after) {
                continue;
            }
            try {
                String line = decode(bytes, lines.cut());
                if (!line.isBlank()) {
                    sink.accept(lines.line(), line);
                }
            } catch (IllegalArgumentException e) {
                refused.accept(new RefusedLine(file, lines.line(), String.valueOf(e.getMessage())));
            }
        }
    }

    private static String decode(byte[] bytes, boolean cut) {
        if (cut) {
            throw new IllegalArgumentException("line is longer than " + MAX_LINE_BYTES + " bytes");
        }
        try {
            String line = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }
}
