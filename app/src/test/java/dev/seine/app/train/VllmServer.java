package dev.seine.app.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Speaks vLLM's protocol. As prompts that are cached there are of the old weights, new ones are only drawn from once the cache was reset.
 */
final class VllmServer extends PolicyServer {
    private Optional<Path> reloaded = Optional.empty();

    VllmServer(Path base, ModelConfig config) throws IOException {
        super("/v1/completions", base, config);
    }

    @Override
    Asked read(JsonNode request) {
        int[] prompt = ints(request.path("prompt"));
        int room = request.path("max_tokens").asInt();
        return new Asked(
                request.path("model").asText(),
                prompt,
                sampling(request, "seed", prompt.length + room, stops(request)));
    }

    @Override
    ObjectNode reply(Asked asked, Written written) {
        ObjectNode root = JSON.createObjectNode().put("object", "text_completion");
        ObjectNode choice = root.putArray("choices").addObject().put("text", "never read");
        choice.put("finish_reason", "stop");
        ObjectNode logprobs = choice.putObject("logprobs");
        for (int i = 0; i < written.tokens().length; i++) {
            logprobs.withArray("token_logprobs").add(written.logprobs()[i]);
            logprobs.withArray("tokens").add(ids() ? "token_id:" + written.tokens()[i] : "text");
            if (ids() && written.tokens().length % 2 == 0) { // both ways of returning ids are spoken
                choice.withArray("token_ids").add(written.tokens()[i]);
            }
        }
        return root;
    }

    @Override
    Optional<String> change(String path, JsonNode request) {
        String name = request.path("lora_name").asText();
        switch (path) {
            case "/v1/load_lora_adapter" ->
                load(name, Path.of(request.path("lora_path").asText()));
            case "/v1/unload_lora_adapter" -> unload(name);
            case "/collective_rpc" -> {
                if (!request.path("method").asText().equals("reload_weights")) {
                    throw new IllegalArgumentException("unknown method " + request.path("method"));
                }
                reloaded = Optional.of(
                        Path.of(request.path("kwargs").path("weights_path").asText()));
                return Optional.of("{\"results\": [null]}");
            }
            case "/reset_prefix_cache" -> {
                return Optional.of(done(() -> reload(reloaded.orElseThrow())));
            }
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of("Success");
    }
}
