package dev.seine.policy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.List;

/** Compiled TorchScript methods. It has no state of its own: every array is an argument. */
public final class TorchModule implements AutoCloseable {
    private final PtSymbolBlock block;

    TorchModule(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Runs a method. Its result (one array, or a list or tuple of arrays) belongs to {@code manager}.
     *
     * @param gradients whether autograd records; if false the results must never enter a graph
     * @param arguments in the method's order: NDArray, list of NDArray, and without gradients also {@link Torch.Held}, Long, Double, Boolean
     * @throws IllegalStateException with the method's name and libtorch's message
     */
    public NDList call(NDManager manager, String method, boolean gradients, List<?> arguments) {
        try {
            return gradients
                    ? Torch.differentiate(block, manager, method, arguments)
                    : Torch.infer(block, manager, method, arguments);
        } catch (ai.djl.engine.EngineException e) {
            throw new IllegalStateException("TorchScript method " + method + " failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        block.close();
    }
}
