package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.Trajectory;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.Cluster;
import dev.seine.producers.retrieval.RetrievalConfig;
import dev.seine.producers.retrieval.RetrievalService;
import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import dev.seine.topics.Event;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Role;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** A policy of its own on the empty cluster, with what its generators are given, and what they have written. */
final class Bench {
    final Clients clients;
    final String policy = Cluster.freshPolicy();
    final Words words = new Words();
    private final Path folder;

    /** A bench whose weights lie in this folder. */
    Bench(Path folder) throws Exception {
        this.folder = folder;
        clients = Cluster.empty();
    }

    /** Clients whose members leave their groups if they do not poll for a second, as the dead do. */
    Clients impatient() {
        Connection connection = clients.connection();
        return new Clients(
                new Connection(connection.bootstrap(), connection.registry(), Map.of("max.poll.interval.ms", "1000")));
    }

    RolloutGenerator generator(String name, SequenceEngine engine, GeneratorConfig config) {
        return generator(clients, name, engine, config, Clock.systemUTC());
    }

    RolloutGenerator generator(Clients by, String name, SequenceEngine engine, GeneratorConfig config, Clock clock) {
        WeightsFollower follower = new WeightsFollower(by, policy, name, store(), "tokenizer", "config");
        return new RolloutGenerator(by, name, engine, words, follower, config, 1, clock);
    }

    /** Where the weights lie. */
    LocalStore store() {
        return new LocalStore(folder);
    }

    AnswerGenerator answerer(Clients by, String name, SequenceEngine... engines) {
        return answerer(by, name, store(), engines);
    }

    AnswerGenerator answerer(Clients by, String name, RunStore store, SequenceEngine... engines) {
        return new AnswerGenerator(
                by,
                name,
                List.of(engines),
                words,
                new NewestWeights(by, policy, name),
                new WeightsLoader(store, "tokenizer", "config"),
                GeneratorConfig.defaults(4, 200),
                1,
                Clock.systemUTC());
    }

    /** Answers every search with one passage, which says that X is found. */
    RetrievalService retrieval() {
        Passage passage = Passage.newBuilder()
                .setId("p1")
                .setTitle("X")
                .setText("X is found")
                .setScore(1)
                .build();
        return new RetrievalService(
                clients,
                "retrieval-test",
                (query, k) -> List.of(passage),
                RetrievalConfig.defaults(),
                Clock.systemUTC());
    }

    /** Publishes weights that can be loaded. */
    void weights(long version) throws Exception {
        Path file = folder.resolve("v" + version);
        Files.writeString(file, "weights");
        Cluster.publish(
                clients,
                WeightsPublished.newBuilder(Cluster.weights(policy, version, "rl"))
                        .setUri(file.toUri().toString())
                        .setSha256("good")
                        .build());
    }

    void ask(Question... questions) {
        try (EventProducer producer = clients.producer("test")) {
            for (Question question : questions) {
                producer.send(Topics.QUESTIONS, question.getId(), question);
            }
        }
    }

    /** Whether a step of this role kills its process. */
    static boolean dies(Role role) {
        try {
            role.step();
            return false;
        } catch (ScriptedEngine.Died e) {
            return true;
        }
    }

    List<RetrievalRequest> requests() {
        return all(Topics.RETRIEVAL_REQUESTS);
    }

    List<Trajectory> trajectories() {
        return all(Topics.TRAJECTORIES);
    }

    /** Events of live answers, by answer. */
    Map<String, List<AnswerEvent>> told() {
        return all(Topics.ANSWER_EVENTS).stream().collect(Collectors.groupingBy(AnswerEvent::getAnswerId));
    }

    private <V extends SpecificRecord> List<V> all(Topic<V> topic) {
        return Cluster.all(clients, topic).stream().map(Event::value).toList();
    }
}
