package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.policy.ModelConfig;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    /** Qwen2.5-7B's sizes. */
    private static final ModelConfig LARGE =
            new ModelConfig(152_064, 3584, 18_944, 28, 28, 4, 128, 32_768, 1e6, 1e-6, false, true);

    private static RunConfig config(String... settings) {
        RunOptions options = new RunOptions();
        options.settings = List.of(settings);
        return options.fresh(List.of());
    }

    @Test
    void everyPartIsCounted() {
        // 7,615,616,512 parameters: 4 bytes each, twice for gradients, twice for moments
        var parts = MemoryPlan.of(LARGE, config("generate.slots=10", "generate.max-tokens=99", "learn.loss.kl=0.1"))
                .parts();
        assertThat(LARGE.parameterCount()).isEqualTo(7_615_616_512L);
        assertThat(parts.get("weights")).isEqualTo(4 * 7_615_616_512L);
        assertThat(parts.get("gradients")).isEqualTo(8 * 7_615_616_512L);
        assertThat(parts.get("optimizer")).isEqualTo(8 * 7_615_616_512L);
        assertThat(parts.get("reference")).isEqualTo(4 * 7_615_616_512L);
        // 10 slots x 100 positions x 28 layers x (keys, values) x 4 heads x 128 x 4 bytes
        assertThat(parts.get("KV cache")).isEqualTo(10L * 100 * 28 * 2 * 4 * 128 * 4);
    }

    @Test
    void adaptersNeedLittleBesideTheWeights() {
        // rank 8: q 8(3584+3584), k and v 8(3584+512), o as q, gate, up, down 8(3584+18944); 28 layers
        long adapters = 28L * 8 * (2 * (3584 + 3584) + 2 * (3584 + 512) + 3 * (3584 + 18_944));
        var parts = MemoryPlan.learner(LARGE, config("lora.rank=8", "model.precision=bfloat16"))
                .parts();
        assertThat(parts.get("optimizer")).isEqualTo(8 * adapters);
        assertThat(parts.get("weights")).isEqualTo(4 * (7_615_616_512L + adapters));
        assertThat(parts.get("half-precision copies")).isEqualTo(2 * (7_615_616_512L + adapters));
        assertThat(parts.get("reference")).isZero();
    }

    @Test
    void checkpointingKeepsOneLayerAndTheInputsOfTheOthers() {
        // per layer and token 4 x 3584 + 4 (3584 + 512) + 512 + 4 x 3584 + 4 x 18944 = 121344 numbers; per token 3 x
        // 152064 of the scores
        long scores = 3L * 152_064 * 4;
        var plain = MemoryPlan.learner(LARGE, config("learn.micro-batch-tokens=5000"))
                .parts();
        var less = MemoryPlan.learner(LARGE, config("learn.micro-batch-tokens=5000", "learn.checkpointing=true"))
                .parts();
        assertThat(plain.get("activations")).isEqualTo(5000 * (28 * 121_344L * 4 + scores));
        assertThat(less.get("activations")).isEqualTo(5000 * ((121_344L + 27 * 3584) * 4 + scores));
        // fresh gradients are at most those of output, norm and last layer: 152064 x 3584 + 3584 + 233057792
        assertThat(less.get("gradients")).isEqualTo(4 * (7_615_616_512L + 152_064L * 3584 + 3584 + 233_057_792L));
        assertThat(less.get("optimizer")).isEqualTo(plain.get("optimizer"));
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWouldHelp() {
        MemoryPlan plan = MemoryPlan.of(LARGE, config());
        assertThatThrownBy(() -> plan.within(OptionalLong.of(16L << 30)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of 16.0 GiB: weights 28.4 GiB")
                .hasMessageContaining("lora.rank");
        assertThat(plan.within(OptionalLong.empty())).contains("of an unknown size", "optimizer 56.7 GiB");
    }

    @Test
    void serversTakeTheGeneratorsPart() {
        assertThat(MemoryPlan.of(LARGE, config("engine.urls=[\"http://127.0.0.1:1\"]"))
                        .parts())
                .doesNotContainKey("KV cache");
    }
}
