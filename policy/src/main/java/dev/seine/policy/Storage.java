package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Making, filling and reading arrays of any type that a safetensors file may have; DJL itself aborts at bfloat16. */
final class Storage {
    private static final NDManager MANAGER = Torch.manager();
    private static final TorchModule MODULE = Torch.compile(
            MANAGER,
            """
              def half(self: __torch__.M, like: Tensor) -> Tensor:
                return torch.zeros_like(like, dtype=15, memory_format=0)

              def put(self: __torch__.M, target: Tensor, at: int, source: Tensor, type: int) -> Tensor:
                values = torch.view_copy(source, dtype=type)
                part = torch.slice(torch.view(target, [-1]), 0, at, at + torch.numel(values), 1)
                return torch.copy_(part, values)

              def bytes(self: __torch__.M, source: Tensor, start: int, end: int, type: int) -> Tensor:
                part = torch.slice(torch.reshape(source, [-1]), 0, start, end, 1)
                return torch.view_copy(torch.contiguous(part.to(type)), dtype=0)

              def mean(self: __torch__.M, source: Tensor, rows: Tensor) -> Tensor:
                return torch.mean(torch.index_select(source, 0, rows).to(6), [0])

              def finite(self: __torch__.M, source: Tensor) -> Tensor:
                return torch.all(torch.isfinite(source))
            """);

    private Storage() {}

    /** A new array of zeros, one that may enter autograd's graphs. */
    static NDArray zeros(NDManager manager, Shape shape, Precision precision) {
        if (precision == Precision.FLOAT32) {
            return manager.zeros(shape);
        }
        try (NDArray zero = manager.zeros(new Shape(1));
                NDArray like = zero.broadcast(shape)) {
            return MODULE.call(manager, "half", true, List.of(like)).get(0);
        }
    }

    /** Writes values, given as the bytes of a type of libtorch, into an array of any type from its {@code at}-th value on. */
    static void put(NDArray target, long at, ByteBuffer bytes, int scalarType) {
        NDManager manager = target.getManager();
        try (NDArray source = manager.create(bytes, new Shape(bytes.remaining()), DataType.UINT8)) {
            MODULE.call(MANAGER, "put", false, List.of(target, at, source, scalarType))
                    .close();
        }
    }

    /** The bytes, in the machine's order, of values from {@code from} to before {@code to}, changed to a type of libtorch. */
    static ByteBuffer bytes(NDArray array, long from, long to, int scalarType) {
        try (NDArray bytes = MODULE.call(MANAGER, "bytes", false, List.of(array, from, to, scalarType))
                .get(0)) {
            return bytes.toByteBuffer();
        }
    }

    /** The mean of rows of a matrix, in float32. */
    static NDArray mean(NDArray matrix, int[] rows) {
        NDManager manager = matrix.getManager();
        try (NDArray at = manager.create(Arrays.stream(rows).asLongStream().toArray())) {
            return MODULE.call(manager, "mean", false, List.of(matrix, at)).get(0);
        }
    }

    /** Whether no value is infinite or not a number. */
    static boolean finite(NDArray array) {
        try (NDArray finite =
                MODULE.call(MANAGER, "finite", false, List.of(array)).get(0)) {
            return finite.getBoolean();
        }
    }
}
