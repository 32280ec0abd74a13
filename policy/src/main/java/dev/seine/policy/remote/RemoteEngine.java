package dev.seine.policy.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.policy.Sampling;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.StopReason;
import dev.seine.policy.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine on other machines. Guarantees: tokens go in and come out as ids with their log-probabilities, and nothing is ever tokenised again; a
 * sequence is extended by at most one request at a time, and what a request drew counts once or not at all; a request that fails is sent again,
 * to another server if there is one, for as long as its rollout is wanted: an outage is lag. A sequence that a server refuses ends as {@link
 * StopReason#REFUSED}.
 *
 * <p>A turn that is resumed is sent whole, which costs little where servers keep prefixes. Tokens are those of the versions from when the
 * request was sent to when it came back; with adapters, which are asked for by name, of exactly one.
 */
public final class RemoteEngine implements SequenceEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteEngine.class);
    private static final long GLANCE_MS = 10;

    private final Protocol protocol;
    private final String model;
    private final int slots;
    private final int vocabulary;
    private final Clock clock;
    private final HttpClient http;
    private final List<Replica> replicas;
    private final Weights weights;
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private long requests;
    private long generated;

    /** What came of a request: the reply or the error, the other is null. */
    private record Answer(
            String id, long request, Replica replica, @Nullable JsonNode reply, @Nullable Throwable error) {}

    /**
     * An engine without a request under way; servers are first asked when there is something to write.
     *
     * @param key for the Authorization header, if servers want one
     * @param run folder of the run: its tokenizer and config go with full weights
     * @param slots sequences held at once
     * @param vocabulary ids are below it
     * @param version of the weights that the servers hold now
     */
    public RemoteEngine(
            RemoteConfig config, Optional<String> key, Path run, int slots, int vocabulary, long version, Clock clock) {
        this.protocol = Protocol.of(config.protocol());
        this.model = config.model();
        this.slots = slots;
        this.vocabulary = vocabulary;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // uvicorn drops the body of a request that offers HTTP/2
                .connectTimeout(config.timeout())
                .build();
        this.replicas = config.urls().stream()
                .map(url -> new Replica(url, config, key, http))
                .toList();
        this.weights = new Weights(protocol, run, version, config.timeout().multipliedBy(2));
    }

    @Override
    public int capacity() {
        return slots;
    }

    @Override
    public int free() {
        return slots - turns.size();
    }

    @Override
    public int running() {
        return (int) turns.values().stream().filter(turn -> !turn.paused()).count();
    }

    @Override
    public void start(String id, int[] prompt, Sampling sampling) {
        if (turns.containsKey(id)) {
            throw new IllegalArgumentException("sequence " + id + " is here already");
        }
        if (prompt.length == 0 || prompt.length >= sampling.maxTokens()) {
            throw new IllegalArgumentException("sequence " + id + " has a prompt of " + prompt.length
                    + " tokens, expected 1 to " + (sampling.maxTokens() - 1));
        }
        if (free() == 0) {
            throw new IllegalStateException("sequence " + id + " finds no free slot, all " + slots + " are taken");
        }
        turns.put(id, new Turn(id, prompt, sampling));
    }

    @Override
    public void resume(String id, int[] inserted) {
        Turn turn = turns.get(id);
        if (turn == null || !turn.paused()) {
            throw new IllegalStateException(
                    "sequence " + id + " is not paused but " + (turn == null ? "unknown" : "running"));
        }
        turn.resume(inserted);
    }

    /** Nothing: a server sends a turn when it is whole. */
    @Override
    public int[] soFar(String id) {
        return new int[0];
    }

    @Override
    public void cancel(String id) {
        turns.remove(id);
    }

    /** Sends what waits, as far as servers take more, and returns what has stopped; waits a few milliseconds if nothing has. */
    @Override
    public List<Written> step() {
        List<Written> stopped = new ArrayList<>();
        for (Turn turn : List.copyOf(turns.values())) {
            if (turn.waits() && turn.room() <= 0) {
                stopped.add(end(turn, new int[0], new float[0], StopReason.LENGTH));
            }
        }
        catchUp();
        send();
        if (running() > 0 || !answers.isEmpty()) {
            collect(stopped);
        }
        return stopped;
    }

    private void send() {
        for (Turn turn : turns.values()) {
            Optional<Replica> free = replicas.stream()
                    .filter(replica -> replica.takes(clock.millis()))
                    .min(Comparator.comparingInt(Replica::inFlight));
            if (free.isEmpty()) {
                return; // servers are full or rest: the others wait their turn
            }
            if (turn.waits()) {
                send(turn, free.get());
            }
        }
    }

    private void send(Turn turn, Replica replica) {
        long request = ++requests;
        turn.sent(request, weights.version());
        replica.began();
        var unused = replica.send(protocol.path(), Optional.of(protocol.request(turn, model, weights.adapter())))
                .whenComplete((reply, error) -> answers.add(new Answer(turn.id(), request, replica, reply, error)));
    }

    private void collect(List<Written> stopped) {
        try {
            Answer answer = answers.poll(stopped.isEmpty() ? GLANCE_MS : 0, TimeUnit.MILLISECONDS);
            while (answer != null) {
                accept(answer, stopped);
                answer = answers.poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(Answer answer, List<Written> stopped) {
        Throwable error = answer.error instanceof CompletionException e ? e.getCause() : answer.error;
        boolean refused = error instanceof Replica.Refused r && !r.passing();
        answer.replica.ended(error == null || refused, clock.millis());
        if (brokenOff(error) || (refused && !weights.held(answer.replica))) {
            answer.replica.current(false); // it may have been started anew
            refused = false;
        }
        Turn turn = turns.get(answer.id);
        if (turn == null || !turn.expects(answer.request)) {
            return; // cancelled meanwhile
        }
        if (error == null) {
            JsonNode reply = Objects.requireNonNull(answer.reply, "neither a reply nor an error");
            stopped.add(written(turn, protocol.reply(reply), answer.replica));
        } else if (refused) {
            LOG.warn("sequence {} is refused: {}", turn.id(), error.getMessage());
            stopped.add(end(turn, new int[0], new float[0], StopReason.REFUSED));
        } else {
            LOG.warn(
                    "sequence {} is asked for again: {} failed: {}", turn.id(), answer.replica.url(), error.toString());
            turn.failed();
        }
    }

    private static boolean brokenOff(@Nullable Throwable error) {
        return error instanceof IOException
                && !(error instanceof Replica.Refused)
                && !(error instanceof HttpTimeoutException)
                && !(error instanceof BoundedBody.ReplyTooLong);
    }

    private Written written(Turn turn, Protocol.Drawn drawn, Replica replica) {
        String fault = fault(turn, drawn);
        if (!fault.isEmpty()) {
            LOG.warn("sequence {}: the reply of {} cannot be used: {}", turn.id(), replica.url(), fault);
            return end(turn, new int[0], new float[0], StopReason.REFUSED);
        }
        int[] tokens = drawn.tokens();
        int last = tokens[tokens.length - 1];
        generated += tokens.length;
        if (turn.sampling().endTokens().contains(last)) {
            return end(turn, tokens, drawn.logprobs(), StopReason.EOS);
        }
        boolean pauses = turn.sampling().stopTokens().contains(last);
        long sentAt = turn.version();
        turn.wrote(tokens, pauses);
        Written written = new Written(
                turn.id(),
                tokens,
                drawn.logprobs(),
                sentAt,
                weights.exact() ? sentAt : weights.version(),
                pauses ? StopReason.STOP_TOKEN : StopReason.LENGTH);
        if (!pauses) {
            turns.remove(turn.id());
        }
        return written;
    }

    /** What is wrong with a reply, empty if nothing is: every token must be one that could be drawn there, and its log-probability known. */
    private String fault(Turn turn, Protocol.Drawn drawn) {
        int[] tokens = drawn.tokens();
        if (tokens.length == 0 || tokens.length > turn.room()) {
            return "it has " + tokens.length + " tokens, expected 1 to " + turn.room() + ", finished by "
                    + drawn.finish();
        }
        if (drawn.logprobs().length != tokens.length) {
            return "it has " + tokens.length + " tokens and " + drawn.logprobs().length + " log-probabilities";
        }
        for (int i = 0; i < tokens.length; i++) {
            boolean stops = turn.sampling().endTokens().contains(tokens[i])
                    || turn.sampling().stopTokens().contains(tokens[i]);
            if (tokens[i] < 0 || tokens[i] >= vocabulary) {
                return "token " + i + " has no id of the vocabulary's 0 to " + (vocabulary - 1)
                        + ": the server must return token ids";
            }
            if (!Float.isFinite(drawn.logprobs()[i]) || drawn.logprobs()[i] > 1e-3f) {
                return "token " + i + " has log-probability " + drawn.logprobs()[i];
            }
            if (stops && i < tokens.length - 1) {
                return "it goes on after stop token " + tokens[i];
            }
            if (!stops && i == tokens.length - 1 && tokens.length < turn.room()) {
                return "it stops by " + drawn.finish() + " without a stop token, with room for "
                        + (turn.room() - tokens.length) + " tokens more";
            }
        }
        return "";
    }

    private Written end(Turn turn, int[] tokens, float[] logprobs, StopReason reason) {
        turns.remove(turn.id());
        long sentAt = tokens.length == 0 ? weights.version() : turn.version();
        return new Written(turn.id(), tokens, logprobs, sentAt, weights.exact() ? sentAt : weights.version(), reason);
    }

    @Override
    public long version() {
        return weights.version();
    }

    /**
     * Has the servers load weights: an adapter by a name of its own, which requests then ask for, or a whole model in place of the one before.
     * Servers that are away rest, and are given them later.
     *
     * @throws UncheckedIOException if no server has them and one refused them, or none was ever there; the ones before stay in use
     */
    @Override
    public void load(Path safetensors, String sha256, long newVersion) {
        weights.change(replicas, safetensors, sha256, newVersion, clock.millis());
        LOG.info("servers that are there have weights {}", newVersion);
    }

    /** A server that was away, when weights came or at all, gets them before it gets requests. */
    private void catchUp() {
        weights.tidy(replicas, clock.millis());
        for (Replica replica : replicas) {
            if (replica.behind(clock.millis())) {
                var unused = weights.give(replica, clock.millis());
            }
        }
    }

    @Override
    public long generatedTokens() {
        return generated;
    }

    @Override
    public void close() {
        turns.clear();
    }
}
