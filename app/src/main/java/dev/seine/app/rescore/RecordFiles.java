package dev.seine.app.rescore;

import dev.seine.event.ScoredTrajectory;
import dev.seine.topics.Topics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Records as Avro container files, one for each topic and partition, which any Avro library reads. Equal records give equal files: the marker
 * between blocks, otherwise random, is fixed.
 */
final class RecordFiles implements Rescoring.Output, AutoCloseable {
    private static final byte[] MARKER = "seine-rescore-01".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final Path dir;
    private final Map<String, DataFileWriter<SpecificRecord>> writers = new ConcurrentHashMap<>();

    RecordFiles(Path dir) {
        this.dir = dir;
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + dir, e);
        }
    }

    @Override
    public void write(int partition, String key, SpecificRecord value) {
        try {
            String topic = value instanceof ScoredTrajectory
                    ? Topics.SCORED_TRAJECTORIES.name()
                    : Topics.MEMORY_SAMPLES.name();
            writers.computeIfAbsent(topic + "-" + partition, name -> open(name, value))
                    .append(value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + dir, e);
        }
    }

    @Override
    public void close() {
        for (DataFileWriter<SpecificRecord> writer : writers.values()) {
            try {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write into " + dir, e);
            }
        }
    }

    private DataFileWriter<SpecificRecord> open(String name, SpecificRecord first) {
        try {
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(dir.resolve(name + ".avro")), 1 << 16);
            DataFileWriter<SpecificRecord> writer =
                    new DataFileWriter<>(new SpecificDatumWriter<SpecificRecord>(first.getSchema()));
            writer.setCodec(CodecFactory.nullCodec());
            return writer.create(first.getSchema(), out, MARKER);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + dir.resolve(name + ".avro"), e);
        }
    }
}
