package dev.seine.producers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Splits a stream at line feeds and keeps at most a bound of each line, so that a file without lines cannot fill the memory. */
final class ByteLines {
    private final InputStream in;
    private final int maxBytes;
    private long line;
    private boolean cut;

    ByteLines(InputStream in, int maxBytes) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.maxBytes = maxBytes;
    }

    /** The next line without its line feed, cut at the bound; null at the end. */
    byte @Nullable [] next() throws IOException {
        int b = in.read();
        if (b < 0) {
            return null;
        }
        line++;
        cut = false;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (bytes.size() < maxBytes) {
                bytes.write(b);
            } else {
                cut = true;
            }
        }
        return bytes.toByteArray();
    }

    /** Number of the line last read, from 1. */
    long line() {
        return line;
    }

    /** Whether the line last read was longer than the bound. */
    boolean cut() {
        return cut;
    }
}
