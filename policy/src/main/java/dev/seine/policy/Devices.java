package dev.seine.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Where arrays live and networks compute, by a setting: {@code cpu}; {@code cuda}, the first GPU; {@code cuda:N}, the one numbered N from 0; {@code
 * auto}, the first GPU if PyTorch sees one and else the processor.
 */
public final class Devices {
    private static final String CPU = "cpu";
    private static final String AUTO = "auto";
    private static final String CUDA = "cuda";
    private static final Pattern FORM = Pattern.compile(CPU + "|" + AUTO + "|" + CUDA + "(:\\d{1,3})?");

    private Devices() {}

    /**
     * Checks the form of a setting, without loading PyTorch.
     *
     * @throws IllegalArgumentException with what was got and expected
     */
    public static void check(String setting) {
        if (!FORM.matcher(setting).matches()) {
            throw new IllegalArgumentException("run.device must be cpu, cuda, cuda:N or auto, got " + setting);
        }
    }

    /**
     * The device of a setting, on which an array has been made.
     *
     * @throws IllegalArgumentException if it is not there, with what was asked for and what there is
     */
    public static Device of(String setting) {
        check(setting);
        Torch.ready();
        boolean gpus = Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);
        if (setting.equals(CPU) || (setting.equals(AUTO) && !gpus)) {
            return Device.cpu();
        }
        if (!gpus) {
            throw new IllegalArgumentException(
                    "run.device is " + setting + ", but PyTorch sees no GPU, only cpu: it needs one"
                            + " that its driver shows (nvidia-smi) and PyTorch's libraries for CUDA (docs/models.md)");
        }
        Device gpu = Device.gpu(setting.startsWith(CUDA + ":") ? Integer.parseInt(setting.substring(5)) : 0);
        try (NDManager manager = Torch.manager(gpu)) {
            manager.zeros(new Shape(1)).close();
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    "run.device is " + setting + ", on which no array can be made; PyTorch sees other GPUs: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
        return gpu;
    }

    /** Bytes that are free on a GPU; empty where CUDA's runtime library is not found by its name, so that it cannot be asked. */
    public static OptionalLong free(Device gpu) {
        if (!CudaUtils.hasCuda()) {
            return OptionalLong.empty();
        }
        var memory = CudaUtils.getGpuMemory(gpu);
        return OptionalLong.of(memory.getMax() - memory.getUsed());
    }
}
