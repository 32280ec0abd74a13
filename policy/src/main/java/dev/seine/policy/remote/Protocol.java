package dev.seine.policy.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.seine.policy.Sampling;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is said to a server. Every setting that shapes the distribution is sent, as servers take what is left out from the model's
 * {@code generation_config.json}.
 */
enum Protocol {
    /** vLLM's OpenAI-compatible server, {@code /v1/completions} with token ids. */
    VLLM("vllm", "/v1/completions") {
        @Override
        ObjectNode request(Turn turn, String base, Optional<String> adapter) {
            ObjectNode body = JSON.createObjectNode().put("model", adapter.orElse(base));
            prompt(body.putArray("prompt"), turn);
            body.put("max_tokens", turn.room()).put("n", 1).put("stream", false);
            shape(body, turn);
            body.put("ignore_eos", true)
                    .put("seed", turn.seed())
                    .put("presence_penalty", 0)
                    .put("frequency_penalty", 0);
            body.put("logprobs", 1).put("return_token_ids", true).put("return_tokens_as_token_ids", true);
            return body;
        }

        @Override
        Drawn reply(JsonNode reply) {
            JsonNode choice = reply.path("choices").path(0);
            JsonNode logprobs = choice.path("logprobs");
            JsonNode ids = choice.path("token_ids").isArray() ? choice.path("token_ids") : logprobs.path("tokens");
            int[] tokens =
                    IntStream.range(0, ids.size()).map(i -> id(ids.get(i))).toArray();
            return new Drawn(
                    tokens,
                    floats(logprobs.path("token_logprobs")),
                    choice.path("finish_reason").asText());
        }

        @Override
        Call loadAdapter(String name, Path folder) {
            return new Call("/v1/load_lora_adapter", adapter(name).put("lora_path", folder.toString()));
        }

        @Override
        Call unloadAdapter(String name) {
            return new Call("/v1/unload_lora_adapter", adapter(name));
        }

        /** What is cached of prompts is of the old weights and is not dropped with them; sequences under way are computed anew too. */
        @Override
        List<Call> reload(Path folder) {
            ObjectNode body = JSON.createObjectNode().put("method", "reload_weights");
            body.putObject("kwargs").put("weights_path", folder.toString());
            return List.of(
                    new Call("/collective_rpc", body),
                    new Call("/reset_prefix_cache?reset_running_requests=true", JSON.createObjectNode()));
        }
    },
    /**
     * SGLang's own {@code /generate}, whose OpenAI-compatible endpoint does not return token ids. It knows the model it was started with by no name.
     * Told to ignore the model's end token it ignores every other token to stop at too, so it is not told; and its log-probabilities are those
     * before top-p.
     */
    SGLANG("sglang", "/generate") {
        @Override
        ObjectNode request(Turn turn, String base, Optional<String> adapter) {
            ObjectNode body = JSON.createObjectNode();
            prompt(body.putArray("input_ids"), turn);
            ObjectNode sampling = body.putObject("sampling_params");
            sampling.put("max_new_tokens", turn.room())
                    .put("no_stop_trim", true)
                    .put("sampling_seed", turn.seed());
            shape(sampling, turn);
            body.put("return_logprob", true).put("logprob_start_len", -1).put("stream", false);
            adapter.ifPresent(name -> body.put("lora_path", name));
            return body;
        }

        @Override
        Drawn reply(JsonNode reply) {
            JsonNode pairs = reply.path("meta_info").path("output_token_logprobs");
            int[] tokens = new int[pairs.size()];
            float[] logprobs = new float[pairs.size()];
            for (int i = 0; i < tokens.length; i++) {
                logprobs[i] = (float) pairs.get(i).path(0).asDouble(Double.NaN);
                tokens[i] = pairs.get(i).path(1).asInt(-1);
            }
            return new Drawn(
                    tokens,
                    logprobs,
                    reply.path("meta_info").path("finish_reason").path("type").asText());
        }

        @Override
        Call loadAdapter(String name, Path folder) {
            return new Call("/load_lora_adapter", adapter(name).put("lora_path", folder.toString()));
        }

        @Override
        Call unloadAdapter(String name) {
            return new Call("/unload_lora_adapter", adapter(name));
        }

        /** It drops what it has cached by itself. */
        @Override
        List<Call> reload(Path folder) {
            return List.of(new Call(
                    "/update_weights_from_disk", JSON.createObjectNode().put("model_path", folder.toString())));
        }
    };

    /** Both answer 200 here when they can take requests. */
    static final String HEALTH = "/health";
    /** Both list here what can be asked for, adapters included. */
    static final String MODELS = "/v1/models";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "token_id:";
    private static final int NEVER = -100; // the bias that servers accept as a ban

    private final String id;
    private final String path;

    /**
     * What a server drew.
     *
     * @param tokens ids, the stop or end token included
     * @param logprobs as many
     * @param finish why it says it stopped
     */
    @SuppressWarnings("ArrayRecordComponent") // read once
    record Drawn(int[] tokens, float[] logprobs, String finish) {}

    /** A request that changes what a server serves. */
    record Call(String path, ObjectNode body) {}

    Protocol(String id, String path) {
        this.id = id;
        this.path = path;
    }

    static Protocol of(String id) {
        return Stream.of(values())
                .filter(p -> p.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("engine.protocol must be vllm or sglang, got " + id));
    }

    /** Where completions are asked for. */
    String path() {
        return path;
    }

    /** The body that asks for a turn of the adapter, or of the model known as {@code base}. */
    abstract ObjectNode request(Turn turn, String base, Optional<String> adapter);

    /** Reads the reply; what is missing shows as lists of unequal length or as ids of -1. */
    abstract Drawn reply(JsonNode reply);

    abstract Call loadAdapter(String name, Path folder);

    abstract Call unloadAdapter(String name);

    /** What makes a server draw from the model in a folder, to be said in this order. */
    abstract List<Call> reload(Path folder);

    private static ObjectNode adapter(String name) {
        return JSON.createObjectNode().put("lora_name", name);
    }

    private static void prompt(ArrayNode ids, Turn turn) {
        for (int token : turn.tokens()) {
            ids.add(token);
        }
    }

    /** Where to stop is said by ids alone, the model's own end token among them if it is to end a text. */
    private static void shape(ObjectNode body, Turn turn) {
        Sampling sampling = turn.sampling();
        body.put("temperature", sampling.temperature()).put("top_p", sampling.topP());
        body.put("top_k", -1).put("min_p", 0.0).put("repetition_penalty", 1.0);
        ArrayNode stops = body.putArray("stop_token_ids");
        Stream.concat(sampling.endTokens().stream(), sampling.stopTokens().stream())
                .sorted()
                .forEach(stops::add);
        if (sampling.bannedTokens().length > 0) {
            ObjectNode bias = body.putObject("logit_bias");
            for (int token : sampling.bannedTokens()) {
                bias.put(Integer.toString(token), NEVER);
            }
        }
    }

    private static int id(JsonNode node) {
        if (node.isInt()) {
            return node.intValue();
        }
        String text = node.asText();
        return text.startsWith(ID) ? Integer.parseInt(text.substring(ID.length())) : -1;
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) list.get(i).asDouble(Double.NaN);
        }
        return values;
    }
}
