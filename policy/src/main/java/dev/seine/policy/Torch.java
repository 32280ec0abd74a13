package dev.seine.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one door to libtorch. Networks are TorchScript text; arrays stay NDArrays owned by Java; one call of a method is one crossing of JNI.
 *
 * <p>Why not NDArray operators: their autograd keeps pointers into Java buffers that are already freed, and the API has neither fused
 * attention nor optimizers whose state can be saved.
 */
public final class Torch {
    /** Set up once per thread that calls a method: gradient mode and the executor's flag are kept per thread by libtorch. */
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(Torch::prepare);

    private Torch() {}

    /**
     * Loads libtorch without touching the network and turns gradients off in the calling thread. Idempotent; every other method of this
     * package calls it first.
     *
     * @throws IllegalStateException with the loader's message, if libtorch or what it needs is not there
     */
    public static void ready() {
        PREPARED.get();
    }

    /** A new manager of arrays in main memory, to be closed by the caller. */
    public static NDManager manager() {
        return manager(Device.cpu());
    }

    /** A new manager of arrays on a device, to be closed by the caller. */
    public static NDManager manager(Device device) {
        ready();
        return NDManager.newBaseManager(device);
    }

    /** Limits the calling thread's operators to {@code count} cores; over all processes the sum should not exceed the machine's. */
    public static void threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + count);
        }
        ready();
        JniUtils.setNumThreads(count);
    }

    /**
     * Compiles TorchScript methods; each is indented by two spaces and begins {@code def name(self: __torch__.M, ...)}. The module belongs
     * to {@code manager}'s device and is closed by the caller.
     *
     * @throws IllegalArgumentException with the compiler's message and caret if the text is not valid TorchScript
     */
    public static TorchModule compile(NDManager manager, String methods) {
        ready();
        try (ByteArrayInputStream archive = new ByteArrayInputStream(TorchArchive.of(methods))) {
            return new TorchModule(JniUtils.loadModule((PtNDManager) manager, archive, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("TorchScript does not compile: " + e.getMessage(), e);
        }
    }

    /**
     * An argument made ready once and passed to many calls: a long list of arrays costs nothing per call. It keeps its arrays' memory alive
     * until it is closed.
     */
    public static final class Held implements AutoCloseable {
        private final IValue value;

        private Held(IValue value) {
            this.value = value;
        }

        @Override
        public void close() {
            value.close();
        }
    }

    /** Holds an array or a list of arrays for use as an argument of calls without gradients. */
    public static Held hold(Object argument) {
        ready();
        return new Held(value(argument));
    }

    /** Runs without autograd; outputs are inference tensors and must never enter a graph. */
    static NDList infer(PtSymbolBlock module, NDManager manager, String method, List<?> arguments) {
        ready();
        IValue[] values = new IValue[arguments.size()];
        try {
            for (int i = 0; i < values.length; i++) {
                Object argument = arguments.get(i);
                values[i] = argument instanceof Held held ? held.value : value(argument);
            }
            try (IValue result = IValueUtils.runMethod(module, method, values)) {
                return result.toNDList((PtNDManager) manager);
            }
        } finally {
            for (int i = 0; i < values.length; i++) {
                if (values[i] != null && !(arguments.get(i) instanceof Held)) {
                    values[i].close();
                }
            }
        }
    }

    /** Runs with autograd on. DJL passes lists by the names of arrays, so names are lent for the call and then put back. */
    static NDList differentiate(PtSymbolBlock module, NDManager manager, String method, List<?> arguments) {
        ready();
        List<String> names = new ArrayList<>();
        NDList inputs = new NDList();
        boolean before = JniUtils.isGradMode();
        try (NDArray selector = manager.create(0f)) {
            for (int i = 0; i < arguments.size(); i++) {
                lend(arguments.get(i), "a" + i + "[]", inputs, names);
            }
            add(selector, "module_method:" + method, inputs, names);
            JniUtils.setGradMode(true);
            NDList outputs = IValueUtils.forward(module, inputs, true);
            outputs.attach(manager);
            return outputs;
        } finally {
            JniUtils.setGradMode(before);
            for (int i = 0; i < names.size(); i++) {
                inputs.get(i).setName(names.get(i));
            }
        }
    }

    private static void lend(Object argument, String listName, NDList inputs, List<String> names) {
        if (argument instanceof NDArray array) {
            add(array, null, inputs, names);
        } else if (argument instanceof List<?> list && !list.isEmpty()) {
            list.forEach(array -> add((NDArray) array, listName, inputs, names));
        } else {
            throw new IllegalArgumentException(
                    "with gradients an argument is an NDArray or a list of them that is not empty, got " + argument);
        }
    }

    private static void add(NDArray array, @Nullable String name, NDList inputs, List<String> names) {
        names.add(array.getName());
        inputs.add(array);
        array.setName(name);
    }

    private static IValue value(Object argument) {
        if (argument instanceof NDArray array) {
            return IValue.from((PtNDArray) array);
        } else if (argument instanceof List<?> list) {
            return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        } else if (argument instanceof Long || argument instanceof Integer) {
            return IValue.from(((Number) argument).longValue());
        } else if (argument instanceof Double || argument instanceof Float) {
            return IValue.from(((Number) argument).doubleValue());
        } else if (argument instanceof Boolean flag) {
            return IValue.from(flag);
        }
        throw new IllegalArgumentException(
                "an argument is an NDArray, a list of them, a whole number, a decimal, a truth value or Held, got "
                        + argument);
    }

    private static boolean prepare() {
        offline();
        try {
            Engine.getEngine("PyTorch");
        } catch (EngineException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("PyTorch's libraries cannot be loaded: " + cause.getMessage(), e);
        }
        JniUtils.setGradMode(false);
        // Optimising re-specialises the graph whenever a length changes and gains nothing at these sizes.
        JniUtils.setGraphExecutorOptimize(false);
        return true;
    }

    /** Keeps DJL from looking for libraries on the network, unless somebody decided otherwise. */
    static void offline() {
        if (System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
    }
}
