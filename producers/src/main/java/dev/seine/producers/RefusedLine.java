package dev.seine.producers;

import java.nio.file.Path;

/**
 * A line of an input file that was left out.
 *
 * @param file the file
 * @param line the line, from 1
 * @param cause why: field, got, expected
 */
public record RefusedLine(Path file, long line, String cause) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + cause;
    }
}
