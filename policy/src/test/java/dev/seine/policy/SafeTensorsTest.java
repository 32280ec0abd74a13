package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafeTensorsTest {
    @TempDir
    private Path folder;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = Torch.manager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** A file as another program would write it. */
    private Path file(String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).put(data);
        return Files.write(folder.resolve("foreign.safetensors"), bytes.array());
    }

    private Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("z", manager.create(new float[] {1.5f, -2, Float.MIN_VALUE, 4, 5, 6}, new Shape(2, 3)));
        arrays.put("größe", manager.create(new long[] {Long.MIN_VALUE, 7}));
        arrays.put("scalar", manager.create(3.25f));
        arrays.put("empty", manager.create(new Shape(0, 4), DataType.FLOAT32));
        return arrays;
    }

    @Test
    void arraysTypesOrderAndTextsComeBack() {
        Path file = folder.resolve("deep/er/a.safetensors");
        Map<String, NDArray> arrays = arrays();
        SafeTensors.write(file, arrays, Map.of("step", "12"));
        Map<String, NDArray> back = SafeTensors.read(file, manager);
        assertThat(back.keySet()).containsExactlyElementsOf(arrays.keySet());
        back.forEach((name, array) -> assertThat(array).as(name).isEqualTo(arrays.get(name)));
        assertThat(back.get("größe").getDataType()).isEqualTo(DataType.INT64);
        assertThat(SafeTensors.metadata(file)).containsExactly(Map.entry("step", "12"));
    }

    @Test
    void arraysOfManyChunksComeBack() {
        // 2^24 values are moved at once
        NDArray large = manager.arange(0, (1 << 24) + 5, 1, DataType.INT64);
        Path file = folder.resolve("large.safetensors");
        SafeTensors.write(file, Map.of("large", large), Map.of());
        assertThat(SafeTensors.read(file, manager).get("large")).isEqualTo(large);
    }

    @Test
    void viewsAreWrittenAsTheyLook() {
        NDArray turned =
                manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)).transpose();
        Path file = folder.resolve("view.safetensors");
        SafeTensors.write(file, Map.of("t", turned), Map.of());
        assertThat(SafeTensors.read(file, manager).get("t").toFloatArray()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void aFileThatIsReplacedDoesNotChangeWhatWasRead() {
        Path file = folder.resolve("a.safetensors");
        SafeTensors.write(file, Map.of("a", manager.create(1f)), Map.of());
        NDArray read = SafeTensors.read(file, manager).get("a");
        SafeTensors.write(file, Map.of("a", manager.create(2f)), Map.of());
        assertThat(read.getFloat()).isEqualTo(1f);
        assertThat(SafeTensors.read(file, manager).get("a").getFloat()).isEqualTo(2f);
    }

    @Test
    void brainFloatsAreReadAsFloats() throws IOException {
        // 1.0 = 3F80, -2.5 = C020, little endian
        Path file = file(
                "{\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                (byte) 0x80,
                (byte) 0x3F,
                (byte) 0x20,
                (byte) 0xC0);
        assertThat(SafeTensors.read(file, manager).get("b").toFloatArray()).containsExactly(1f, -2.5f);
    }

    @Test
    void aCutFileIsRefusedAtEveryLength() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafeTensors.write(file, Map.of("a", manager.create(new float[] {1, 2, 3})), Map.of());
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> SafeTensors.read(file, manager))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void corruptHeadersAreToldByTheirFault() throws IOException {
        assertFault("{\"a\":", "has a header that is not JSON");
        assertFault(
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}", "a is of type F64, expected one of");
        assertFault("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "a has the impossible entry");
        assertFault("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[8,0]}}", "a has the impossible entry");
        assertFault(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
                "a has the impossible entry");
        assertFault(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "a begins at byte 4, expected 0");
        assertFault(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "holds 8 bytes of arrays, its header says 4");
    }

    private void assertFault(String header, String fault) throws IOException {
        Path file = file(header, new byte[8]);
        assertThatThrownBy(() -> SafeTensors.read(file, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(fault);
    }

    @Test
    void otherTypesAreNotWritten() {
        Path file = folder.resolve("a.safetensors");
        assertThatThrownBy(() -> SafeTensors.write(file, Map.of("i", manager.create(1)), Map.of()))
                .hasMessage("i must be float32 or int64, got int32");
        assertThat(file).doesNotExist();
    }
}
