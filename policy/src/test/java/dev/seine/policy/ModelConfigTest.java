package dev.seine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelConfigTest {
    @Test
    void configsComeBackFromTheirFile(@TempDir Path folder) {
        for (ModelConfig config : Models.ALL) {
            Path file = folder.resolve("config.json");
            config.write(file);
            assertThat(ModelConfig.read(file)).isEqualTo(config);
            assertThat(ModelConfig.read(file).sha256())
                    .isEqualTo(config.sha256())
                    .hasSize(64);
        }
        assertThat(Models.QWEN.sha256()).isNotEqualTo(Models.LLAMA.sha256());
    }

    @Test
    void aPublishedQwenConfigIsRead() {
        ModelConfig config = ModelConfig.parse(
                """
                {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "hidden_act": "silu", "hidden_size": 1536,
                 "intermediate_size": 8960, "max_position_embeddings": 32768, "model_type": "qwen2", "num_attention_heads": 12,
                 "num_hidden_layers": 28, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
                 "sliding_window": 32768, "tie_word_embeddings": true, "use_sliding_window": false, "vocab_size": 151936}
                """);
        assertThat(config).isEqualTo(new ModelConfig(151936, 1536, 8960, 28, 12, 2, 128, 32768, 1e6, 1e-6, true, true));
        // the name of Qwen2.5-1.5B: 1.54 billion
        assertThat(config.parameterCount()).isEqualTo(1_543_714_304L);
    }

    @Test
    void whatTheNetworkLacksIsRefused() {
        String sizes = "\"vocab_size\":9,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":1,"
                + "\"num_attention_heads\":2,\"max_position_embeddings\":8";
        assertThat(ModelConfig.parse("{" + sizes + "}").kvHeads()).isEqualTo(2);
        assertThatThrownBy(() ->
                        ModelConfig.parse("{\"model_type\":\"llama\",\"rope_scaling\":{\"factor\":8}," + sizes + "}"))
                .hasMessage("rope_scaling must be of type default, linear, llama3 or yarn, got none");
        assertThatThrownBy(() -> ModelConfig.parse("{\"model_type\":\"gpt2\"," + sizes + "}"))
                .hasMessage("model_type must be one of qwen2, llama, got gpt2");
        assertThatThrownBy(() -> ModelConfig.parse("{\"hidden_size\":8}"))
                .hasMessageContaining("must be a whole number");
        assertThatThrownBy(() -> ModelConfig.parse("{")).hasMessageContaining("not JSON");
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new ModelConfig(9, 8, 8, 1, 4, 3, 4, 8, 1e4, 1e-6, true, true))
                .hasMessage("model.kv-heads must divide model.heads, got 3 and 4");
        assertThatThrownBy(() -> new ModelConfig(9, 8, 8, 1, 4, 2, 3, 8, 1e4, 1e-6, true, true))
                .hasMessage("model.head-dim must be even, got 3");
        assertThatThrownBy(() -> new ModelConfig(0, 8, 8, 1, 4, 2, 4, 8, 1e4, 1e-6, true, true))
                .hasMessage("model.vocab-size must be at least 1, got 0");
    }
}
