package dev.seine.serving;

import dev.seine.serving.answers.Answers;
import dev.seine.serving.answers.Policies;
import dev.seine.serving.api.ChatRoutes;
import dev.seine.serving.api.Desk;
import dev.seine.serving.api.ModelRoutes;
import dev.seine.serving.api.Pages;
import dev.seine.serving.api.ResponseRoutes;
import dev.seine.serving.http.HttpServer;
import dev.seine.serving.http.KeyFile;
import dev.seine.serving.http.Routes;
import dev.seine.topics.Clients;
import dev.seine.topics.Role;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The answer service: HTTP on one side, questions and answer events on the other. */
public final class AnswerService implements Role {
    private final Answers answers;
    private final Policies policies;
    private final List<Routes> parts;
    private final HttpServer server;

    private AnswerService(Answers answers, Policies policies, List<Routes> parts, HttpServer server) {
        this.answers = answers;
        this.policies = policies;
        this.parts = parts;
        this.server = server;
    }

    /**
     * Starts answering over HTTP.
     *
     * @param name name of this instance
     * @param more further parts of the HTTP interface; closed with it
     */
    public static AnswerService start(
            Clients clients, String name, ServeConfig config, KeyFile keys, List<Routes> more) {
        Answers answers = new Answers(clients, name, config.answers(), Clock.systemUTC());
        Policies policies = new Policies(clients, name);
        Desk desk = new Desk(answers, policies, config.http().maxRequestBytes(), Clock.systemUTC());
        List<Routes> parts = new ArrayList<>(
                List.of(new ChatRoutes(desk), new ResponseRoutes(desk), new ModelRoutes(desk), Pages.ask()));
        parts.addAll(more);
        try {
            return new AnswerService(answers, policies, parts, HttpServer.start(config.http(), keys, parts));
        } catch (RuntimeException e) {
            parts.forEach(Routes::close);
            policies.close();
            answers.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return answers.name();
    }

    /** Hands on what the log tells. */
    @Override
    public int step() {
        return policies.step() + answers.step();
    }

    /** Address of the first page. */
    public String url() {
        return server.url();
    }

    @Override
    public void close() {
        try (answers;
                policies) {
            server.close();
            parts.forEach(Routes::close);
        }
    }
}
