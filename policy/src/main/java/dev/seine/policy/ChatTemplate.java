package dev.seine.policy;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.FatalTemplateErrorsException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The template by which an instruction-tuned model wants conversations written, in Jinja as Hugging Face has it. Templates come from outside: what
 * one may write, and how deep it may nest, is bounded.
 */
public final class ChatTemplate {
    private static final int MAX_TEMPLATE_CHARS = 200_000;
    private static final long MAX_OUTPUT_BYTES = 1_000_000;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ITEMS = 10_000;

    private static final Jinjava JINJA = jinja();

    private final String name;
    private final String template;
    private final Map<String, String> tokens;

    /**
     * One message.
     *
     * @param role {@code system}, {@code user} or {@code assistant}
     * @param content its text
     */
    public record Message(String role, String content) {
        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("role", role);
            fields.put("content", content);
            return fields;
        }
    }

    /**
     * A template.
     *
     * @param name where it is from, for messages
     * @param tokens names such as {@code bos_token} that it may use
     */
    ChatTemplate(String name, String template, Map<String, String> tokens) {
        if (template.length() > MAX_TEMPLATE_CHARS) {
            throw new IllegalArgumentException("the chat template of " + name + " has " + template.length()
                    + " chars, expected at most " + MAX_TEMPLATE_CHARS);
        }
        this.name = name;
        this.template = trimmed(template);
        this.tokens = Map.copyOf(tokens);
    }

    /**
     * Writes a conversation up to where the assistant's next message begins.
     *
     * @throws IllegalArgumentException naming the template's fault, or what it says of these messages
     */
    public String render(List<Message> messages) {
        Map<String, Object> bindings = new HashMap<>(tokens);
        List<Object> fields = new ArrayList<>();
        messages.forEach(m -> fields.add(m.fields()));
        bindings.put("messages", fields);
        bindings.put("add_generation_prompt", true);
        try {
            RenderResult result = JINJA.renderForResult(template, bindings);
            if (result.hasErrors()) {
                TemplateError error = result.getErrors().get(0);
                throw fault(root(error.getMessage(), error.getException()), error.getException());
            }
            return result.getOutput();
        } catch (FatalTemplateErrorsException e) {
            throw fault(root(String.valueOf(e.getMessage()), e), e);
        }
    }

    /**
     * Carries out the minus signs, which take away the white space beside a tag, as the library does not do it for expressions; and takes off
     * the last line's end, as Jinja does.
     */
    private static String trimmed(String template) {
        String tags = template.replaceAll("\\s*(\\{[%{#])-", "$1").replaceAll("-([%}#]\\})\\s*", "$1");
        return tags.endsWith("\n") ? tags.substring(0, tags.length() - 1) : tags;
    }

    /** What the template itself said, if it did: the library wraps it. */
    private static String root(String message, @Nullable Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? message : message + ": " + cause.getMessage();
    }

    private IllegalArgumentException fault(String cause, @Nullable Exception exception) {
        return new IllegalArgumentException("the chat template of " + name + " fails: " + cause, exception);
    }

    /** What templates call to refuse a conversation. */
    public static String raiseException(String message) {
        throw new IllegalArgumentException(message);
    }

    /** White space around blocks is trimmed as Hugging Face sets it. */
    private static Jinjava jinja() {
        JinjavaConfig config = JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MAX_OUTPUT_BYTES)
                .withMaxStringLength(MAX_OUTPUT_BYTES)
                .withMaxRenderDepth(MAX_DEPTH)
                .withMaxMacroRecursionDepth(MAX_DEPTH)
                .withMaxListSize(MAX_ITEMS)
                .withMaxMapSize(MAX_ITEMS)
                .withRangeLimit(MAX_ITEMS)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUseNaturalOperatorPrecedence(true)
                        .withUsePyishObjectMapper(true)
                        .withEvaluateMapKeys(true)
                        .build())
                .build();
        Jinjava jinja = new Jinjava(config);
        jinja.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
        return jinja;
    }
}
