package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files of named arrays in the safetensors layout: 8 bytes of header length (little endian), the header in JSON, the arrays' bytes. Files
 * and arrays may be larger than 2 GiB. Types: F32 and I64; BF16 is read into float32.
 */
public final class SafeTensors {
    /** Values moved at once. */
    private static final long CHUNK = 1 << 24;

    private SafeTensors() {}

    /**
     * Reads every array of a file into memory that {@code manager} owns, in the file's order.
     *
     * @throws IllegalArgumentException naming the file and the fault if it is truncated, corrupt or of another type
     */
    public static Map<String, NDArray> read(Path file, NDManager manager) {
        Torch.ready();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = SafeTensorsHeader.read(file, channel);
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            for (SafeTensorsHeader.Entry entry : header.entries()) {
                arrays.put(entry.name(), read(channel, header, entry, manager));
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

    /**
     * Writes arrays (float32 or int64) in the map's order. The file is written beside its place, forced to disk and then renamed, so that
     * a reader sees the whole of it or the one before.
     */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        Torch.ready();
        Path parent = file.toAbsolutePath().getParent();
        Path part = parent.resolve(file.getFileName() + ".part");
        try {
            Files.createDirectories(parent);
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                put(channel, ByteBuffer.wrap(SafeTensorsHeader.bytes(arrays, metadata)));
                for (NDArray array : arrays.values()) {
                    write(channel, array);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Reads a file, or all safetensors files of a folder in the order of their names. */
    static Map<String, NDArray> readAll(Path fileOrFolder, NDManager manager) {
        if (!Files.isDirectory(fileOrFolder)) {
            return read(fileOrFolder, manager);
        }
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(fileOrFolder)) {
            List<Path> parts = files.filter(f -> f.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
            parts.forEach(part -> arrays.putAll(read(part, manager)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + fileOrFolder, e);
        }
        return arrays;
    }

    private static NDArray read(
            FileChannel channel, SafeTensorsHeader header, SafeTensorsHeader.Entry entry, NDManager manager)
            throws IOException {
        DataType type = entry.type().equals("I64") ? DataType.INT64 : DataType.FLOAT32;
        NDArray array = manager.create(entry.shape(), type);
        int width = entry.width();
        long size = (entry.end() - entry.begin()) / width;
        for (long done = 0; done < size; done += CHUNK) {
            long count = Math.min(CHUNK, size - done);
            long at = header.dataStart() + entry.begin() + done * width;
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, at, count * width)
                    .order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer values = entry.type().equals("BF16") ? widened(bytes) : copied(bytes);
            try (NDArray source = manager.create(values, new Shape(count), type)) {
                Copy.into(array, done, source);
            }
        }
        return array;
    }

    private static void write(FileChannel channel, NDArray array) throws IOException {
        long size = array.size();
        try (NDArray flat = array.reshape(-1)) {
            for (long done = 0; done < size; done += CHUNK) {
                try (NDArray part = flat.get(new NDIndex("{}:{}", done, Math.min(size, done + CHUNK)))) {
                    put(channel, part.toByteBuffer());
                }
            }
        }
    }

    /** A bfloat16 is the upper half of a float32. */
    private static ByteBuffer widened(ByteBuffer halves) {
        ByteBuffer wide = ByteBuffer.allocateDirect(halves.remaining() * 2).order(ByteOrder.LITTLE_ENDIAN);
        while (halves.hasRemaining()) {
            wide.putInt(halves.getShort() << 16);
        }
        return wide.flip();
    }

    /** Arrays made from a mapped file would lose their ground when the file is cut. */
    private static ByteBuffer copied(ByteBuffer mapped) {
        return ByteBuffer.allocateDirect(mapped.remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(mapped)
                .flip();
    }

    private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
