package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {
    private static boolean gpus() {
        Torch.ready();
        return Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:x", "cuda:1234", "cpu:0"})
    void whatIsNoDeviceIsRefusedByItsForm(String setting) {
        assertThatThrownBy(() -> Devices.check(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run.device must be cpu, cuda, cuda:N or auto, got " + setting);
    }

    @Test
    void theProcessorIsAlwaysThere() {
        assertThat(Devices.of("cpu")).isEqualTo(Device.cpu());
    }

    @Test
    void withoutAGpuAutoIsTheProcessor() {
        assumeFalse(gpus(), "there is a GPU");
        assertThat(Devices.of("auto")).isEqualTo(Device.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "cuda:0", "cuda:7"})
    void aGpuThatIsNotThereIsNamedWithWhatThereIs(String setting) {
        assumeFalse(gpus(), "there is a GPU");
        assertThatThrownBy(() -> Devices.of(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("run.device is " + setting + ", but PyTorch sees no GPU, only cpu");
    }

    @Test
    void aNumberBeyondTheGpusThatThereAreIsRefused() {
        assumeTrue(gpus(), "there is no GPU");
        assertThatThrownBy(() -> Devices.of("cuda:999"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("run.device is cuda:999, on which no array can be made");
    }

    @Test
    void aGpuWritesWhatTheProcessorWrites(@TempDir Path folder) {
        assumeTrue(gpus(), "there is no GPU");
        Path weights = folder.resolve("model.safetensors");
        try (Decoder decoder = Models.sharp(Models.QWEN, 3)) {
            decoder.save(weights);
        }
        assertThat(written(weights, Devices.of("cuda"))).isEqualTo(written(weights, Device.cpu()));
    }

    private static int[] written(Path weights, Device device) {
        Decoder decoder = Decoder.load(weights, Models.QWEN, device, Precision.FLOAT32);
        try (LocalEngine engine = new LocalEngine(decoder, 1, 32, 0)) {
            engine.start("s", new int[] {1, 2, 3}, new Sampling(0, 1, 7, 32, Set.of(), Set.of(), new int[0]));
            List<Written> stopped = engine.step();
            while (stopped.isEmpty()) {
                stopped = engine.step();
            }
            return stopped.get(0).tokens();
        }
    }
}
