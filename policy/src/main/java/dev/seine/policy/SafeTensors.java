package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Files of named arrays in the safetensors layout: 8 bytes of header length (little endian), the header in JSON, the arrays' bytes. Files
 * and arrays may be larger than 2 GiB. Types: F32, BF16, F16 and I64.
 */
public final class SafeTensors {
    /** Values moved at once. */
    private static final long CHUNK = 1 << 24;

    /** The number of int64 in libtorch. */
    private static final int LONG = 4;

    private SafeTensors() {}

    /**
     * Reads every array of a file into memory that {@code manager} owns, in the file's order; floats of any width become float32.
     *
     * @throws IllegalArgumentException naming the file and the fault if it is truncated, corrupt or of another type
     */
    public static Map<String, NDArray> read(Path file, NDManager manager) {
        Torch.ready();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = SafeTensorsHeader.read(file, channel);
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            for (SafeTensorsHeader.Entry entry : header.entries()) {
                arrays.put(entry.name(), read(channel, header, entry, manager, Precision.FLOAT32));
            }
            return arrays;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Text entries that the file carries beside its arrays; empty if there are none. */
    public static Map<String, String> metadata(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return SafeTensorsHeader.read(file, channel).metadata();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** As {@link #write(Path, Map, Precision, Map)}, in float32. */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        write(file, arrays, Precision.FLOAT32, metadata);
    }

    /**
     * Writes arrays in the map's order, int64 ones as they are and all others in {@code floats}. The file is written beside its place, forced to disk and then renamed, so that
     * a reader sees the whole of it or the one before.
     */
    public static void write(Path file, Map<String, NDArray> arrays, Precision floats, Map<String, String> metadata) {
        Torch.ready();
        Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent(), () -> file + " is no file");
        Path part = parent.resolve(file.getFileName() + ".part");
        try {
            Files.createDirectories(parent);
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                put(channel, ByteBuffer.wrap(SafeTensorsHeader.bytes(arrays, floats, metadata)));
                for (NDArray array : arrays.values()) {
                    write(channel, array, floats);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Reads one array of a file whose header is known; floats of any width become {@code floats}. */
    static NDArray read(
            FileChannel channel,
            SafeTensorsHeader header,
            SafeTensorsHeader.Entry entry,
            NDManager manager,
            Precision floats)
            throws IOException {
        NDArray array = entry.type().equals("I64")
                ? manager.create(entry.shape(), DataType.INT64)
                : Storage.zeros(manager, entry.shape(), floats);
        int width = entry.width();
        long size = (entry.end() - entry.begin()) / width;
        for (long done = 0; done < size; done += CHUNK) {
            long count = Math.min(CHUNK, size - done);
            long at = header.dataStart() + entry.begin() + done * width;
            Storage.put(array, done, bytes(channel, at, Math.toIntExact(count * width)), entry.scalarType());
        }
        return array;
    }

    private static void write(FileChannel channel, NDArray array, Precision floats) throws IOException {
        int type = array.getDataType() == DataType.INT64 ? LONG : floats.scalarType();
        long size = array.size();
        for (long done = 0; done < size; done += CHUNK) {
            put(channel, Storage.bytes(array, done, Math.min(size, done + CHUNK), type));
        }
    }

    /** Copied, not mapped: an array over a mapped file would lose its ground when the file is cut. */
    private static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("the file was cut while it was read");
            }
        }
        return bytes.flip();
    }

    private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
