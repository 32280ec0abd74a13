package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TorchTest {
    private static final String DOUBLE =
            """
              def double(self: __torch__.M, x: List[Tensor], factor: Tensor) -> List[Tensor]:
                return [x[0] * factor, x[1] + factor]
              def slope(self: __torch__.M, x: Tensor) -> Tensor:
                g = torch.autograd.grad([torch.sum(x * x)], [x], None, None, False, False)
                return unchecked_cast(Tensor, g[0])
            """;

    @Test
    void resultsBelongToTheGivenManagerAndNamesStay() {
        try (NDManager manager = Torch.manager();
                NDManager results = Torch.manager();
                TorchModule module = Torch.compile(manager, DOUBLE)) {
            NDArray a = manager.create(3f);
            NDArray b = manager.create(4f);
            a.setName("model.a");
            for (boolean gradients : new boolean[] {false, true}) {
                NDList out = module.call(results, "double", gradients, List.of(List.of(a, b), manager.create(2f)));
                assertThat(out.get(0).getFloat()).isEqualTo(6f);
                assertThat(out.get(1).getFloat()).isEqualTo(6f);
                assertThat(out.get(0).getManager()).isSameAs(results);
            }
            assertThat(a.getName()).isEqualTo("model.a");
            assertThat(b.getName()).isNull();
        }
    }

    @Test
    void gradientsFlowOnThreadsThatNeverSawTheEngine() throws InterruptedException {
        float[] slope = new float[1];
        Thread thread = new Thread(() -> {
            try (NDManager manager = Torch.manager();
                    TorchModule module = Torch.compile(manager, DOUBLE)) {
                NDArray x = manager.create(3f);
                x.setRequiresGradient(true);
                slope[0] =
                        module.call(manager, "slope", true, List.of(x)).get(0).getFloat();
            }
        });
        thread.start();
        thread.join();
        assertThat(slope[0]).isEqualTo(6f); // d x^2 / dx at 3
    }

    @Test
    void heldListsServeManyCalls() {
        try (NDManager manager = Torch.manager();
                TorchModule module = Torch.compile(manager, DOUBLE);
                Torch.Held held = Torch.hold(List.of(manager.create(3f), manager.create(4f)))) {
            for (int i = 0; i < 3; i++) {
                assertThat(module.call(manager, "double", false, List.of(held, manager.create(2f)))
                                .get(0)
                                .getFloat())
                        .isEqualTo(6f);
            }
        }
    }

    @Test
    void faultsNameTheTextOrTheMethod() {
        try (NDManager manager = Torch.manager();
                TorchModule module = Torch.compile(manager, DOUBLE)) {
            assertThatThrownBy(
                            () -> Torch.compile(manager, "  def f(self: __torch__.M) -> Tensor:\n    return nothing\n"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nothing");
            assertThatThrownBy(() -> module.call(manager, "double", false, List.of(List.of(), manager.create(2f))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TorchScript method double failed");
            assertThatThrownBy(() -> module.call(manager, "slope", true, List.of(3L)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Torch.threads(0)).hasMessage("threads must be at least 1, got 0");
        }
    }
}
