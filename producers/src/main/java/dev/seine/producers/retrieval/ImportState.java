package dev.seine.producers.retrieval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;

/**
 * How far an import got. It lies in the same commit as the passages, so that neither is ahead of the other.
 *
 * @param source the file, absolute
 * @param bytes its size
 * @param maxChars longest text of a passage
 * @param line last line that is in the index or was refused
 * @param refused lines refused so far
 * @param complete whether the whole file is in
 */
record ImportState(String source, long bytes, int maxChars, long line, long refused, boolean complete) {
    /** The state in an index; empty if there is no index, or one that no import made. */
    static Optional<ImportState> read(Directory directory) throws IOException {
        if (!DirectoryReader.indexExists(directory)) {
            return Optional.empty();
        }
        Map<String, String> data = SegmentInfos.readLatestCommit(directory).getUserData();
        if (!data.containsKey("source")) {
            return Optional.empty();
        }
        return Optional.of(new ImportState(
                data.get("source"),
                Long.parseLong(data.get("bytes")),
                Integer.parseInt(data.get("max-chars")),
                Long.parseLong(data.get("line")),
                Long.parseLong(data.get("refused")),
                Boolean.parseBoolean(data.get("complete"))));
    }

    /** As an index keeps it. */
    Iterable<Map.Entry<String, String>> entries() {
        return List.of(
                Map.entry("source", source),
                Map.entry("bytes", Long.toString(bytes)),
                Map.entry("max-chars", Integer.toString(maxChars)),
                Map.entry("line", Long.toString(line)),
                Map.entry("refused", Long.toString(refused)),
                Map.entry("complete", Boolean.toString(complete)));
    }

    /** Whether this is an import of the same text to the same bound. */
    boolean continues(ImportState begun) {
        return source.equals(begun.source) && bytes == begun.bytes && maxChars == begun.maxChars;
    }

    ImportState at(long newLine, long newRefused, boolean done) {
        return new ImportState(source, bytes, maxChars, newLine, newRefused, done);
    }

    /** Says whose index it is, for messages. */
    String described(Path folder) {
        return "index " + folder + " is of " + source + " (" + bytes + " bytes, passages of up to " + maxChars
                + " characters) and " + (complete ? "complete" : "has its lines up to " + line);
    }
}
