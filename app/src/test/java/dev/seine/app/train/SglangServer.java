package dev.seine.app.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.StopReason;
import dev.seine.policy.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Speaks SGLang's native protocol, with its strictness: a sampling parameter that it does not know is refused; {@code ignore_eos} ignores every
 * token to stop at; else the model's own end token ends a text whether asked for or not; {@code lora_path} names an adapter only.
 */
final class SglangServer extends PolicyServer {
    /** End token of the golden models, as in their {@code generation_config.json}. */
    static final int EOS = 319;

    private static final Set<String> PARAMETERS = Set.of(
            "max_new_tokens",
            "stop",
            "stop_token_ids",
            "stop_regex",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "min_new_tokens",
            "n",
            "json_schema",
            "regex",
            "ebnf",
            "structural_tag",
            "ignore_eos",
            "skip_special_tokens",
            "spaces_between_special_tokens",
            "no_stop_trim",
            "custom_params",
            "stream_interval",
            "logit_bias",
            "sampling_seed");

    SglangServer(Path base, ModelConfig config) throws IOException {
        super("/generate", base, config);
    }

    @Override
    Asked read(JsonNode request) {
        JsonNode settings = request.path("sampling_params");
        settings.fieldNames().forEachRemaining(name -> {
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException("unexpected keyword argument '" + name + "'");
            }
        });
        if (!request.path("return_logprob").asBoolean()) {
            throw new IllegalArgumentException("a rollout without log-probabilities is of no use");
        }
        Set<Integer> stops = stops(settings);
        if (settings.path("ignore_eos").asBoolean()) {
            stops.clear();
        } else {
            stops.add(EOS);
        }
        int[] prompt = ints(request.path("input_ids"));
        int room = settings.path("max_new_tokens").asInt();
        String adapter = request.path("lora_path").asText("");
        if (adapter.equals(BASE)) {
            throw new IllegalArgumentException("the following requested LoRA adapters are not loaded: " + adapter);
        }
        return new Asked(
                adapter.isEmpty() ? BASE : adapter,
                prompt,
                sampling(settings, "sampling_seed", prompt.length + room, stops));
    }

    @Override
    ObjectNode reply(Asked asked, Written written) {
        ObjectNode root = JSON.createObjectNode().put("text", "never read");
        ObjectNode meta = root.putObject("meta_info").put("id", "1");
        int count = written.tokens().length;
        if (written.reason() == StopReason.EOS) {
            meta.putObject("finish_reason").put("type", "stop").put("matched", written.tokens()[count - 1]);
        } else {
            meta.putObject("finish_reason").put("type", "length").put("length", count);
        }
        meta.put("prompt_tokens", asked.prompt().length).put("completion_tokens", count);
        if (ids()) {
            ArrayNode output = meta.putArray("output_token_logprobs");
            for (int i = 0; i < count; i++) {
                output.addArray()
                        .add(written.logprobs()[i])
                        .add(written.tokens()[i])
                        .addNull();
            }
        }
        return root;
    }

    @Override
    Optional<String> change(String path, JsonNode request) {
        String name = request.path("lora_name").asText();
        switch (path) {
            case "/load_lora_adapter" ->
                load(name, Path.of(request.path("lora_path").asText()));
            case "/unload_lora_adapter" -> unload(name);
            case "/update_weights_from_disk" -> {
                return Optional.of(
                        done(() -> reload(Path.of(request.path("model_path").asText()))));
            }
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of("{\"success\": true}");
    }
}
