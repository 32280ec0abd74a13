package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** Writes into an array's own memory; DJL's setters replace the memory instead, which a view or a held list of arrays would not see. */
final class Copy {
    private static final NDManager MANAGER = Torch.manager();
    private static final TorchModule MODULE = Torch.compile(
            MANAGER,
            """
              def copy(self: __torch__.M, target: Tensor, at: int, source: Tensor) -> Tensor:
                part = torch.slice(torch.view(target, [-1]), 0, at, at + torch.numel(source), 1)
                return torch.copy_(part, torch.view(source, [-1]))
            """);

    private Copy() {}

    /** Copies all values of {@code source} to {@code target}, both taken as flat, from {@code at} on. */
    static void into(NDArray target, long at, NDArray source) {
        MODULE.call(MANAGER, "copy", false, List.of(target, at, source)).close();
    }
}
