package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import dev.seine.policy.ChatTemplate;
import dev.seine.policy.ChatTemplate.Message;
import dev.seine.policy.ModelFolder;
import dev.seine.producers.generator.GeneratorConfig;
import dev.seine.schemas.Dialect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the prompt template out as the model wants to be asked: in the chat template's words around the user's message, or after the token that
 * its texts begin with. It is done once, with {@code {question}} in the question's place, so that everything after sees a plain text.
 */
final class ChatPrompt {
    private ChatPrompt() {}

    /** The configuration with the prompt of its model folder; as it is if there is no folder, or its prompt was written out before. */
    static RunConfig written(RunConfig config) {
        if (config.model().path().isEmpty() || !config.model().chat()) {
            return config;
        }
        ModelFolder model = open(config);
        String own = config.generate().promptTemplate();
        String prompt =
                model.chatTemplate().map(chat -> chat(chat, config, own)).orElseGet(() -> model.begin() + own);
        if (!prompt.contains(GeneratorConfig.QUESTION)) {
            throw new ConfigException("the chat template of " + model.path() + " leaves out the user's message");
        }
        return config.withPrompt(prompt);
    }

    /** Opens the model folder of a configuration. */
    static ModelFolder open(RunConfig config) {
        Path path = Path.of(config.model().path().orElseThrow());
        if (!Files.isDirectory(path)) {
            throw new ConfigException("model.path: there is no folder " + path.toAbsolutePath());
        }
        return ModelFolder.open(path);
    }

    /** What opens the thinking is not the user's: the model's answer begins with it. */
    private static String chat(ChatTemplate template, RunConfig config, String own) {
        String opening = Dialect.of(config.generate().dialect()).thinkOpen();
        boolean opened = !opening.isEmpty() && own.stripTrailing().endsWith(opening);
        String asked =
                opened ? own.stripTrailing().substring(0, own.stripTrailing().length() - opening.length()) : own;
        List<Message> messages = new ArrayList<>();
        if (!config.model().system().isEmpty()) {
            messages.add(new Message("system", config.model().system()));
        }
        messages.add(new Message("user", asked.strip()));
        return template.render(messages) + (opened ? opening : "");
    }
}
