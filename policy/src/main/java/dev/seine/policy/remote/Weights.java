package dev.seine.policy.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.seine.policy.Adapters;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights that servers hold, and how they get others: by the path of a folder that they can read. Adapters are laid out as PEFT does, whole
 * models as Hugging Face does, under {@code served/} in the run's folder.
 *
 * <p>Several generators may use the same servers. An adapter's name says what is in it, so that who finds it there may use it; and it stays for as
 * long as anybody may still be asking for it.
 */
final class Weights {
    private static final Logger LOG = LoggerFactory.getLogger(Weights.class);
    private static final String SERVED = "served";

    private final Protocol protocol;
    private final Path run;
    private final Duration kept;
    private final Deque<Replaced> replaced = new ArrayDeque<>();
    private Served served;
    private boolean reached;

    /** What came of giving weights to a server; one that is AWAY may take them another time. */
    enum Given {
        TAKEN,
        AWAY,
        REFUSED
    }

    /** What servers hold; {@code folder} is empty as long as it is what they were started with, {@code name} where it is no adapter. */
    private record Served(long version, Optional<String> name, Optional<Path> folder) {}

    private record Replaced(String name, long untilMs) {}

    /** Weights that servers were started with; {@code kept} is how long an adapter stays there after another has taken its place. */
    Weights(Protocol protocol, Path run, long version, Duration kept) {
        this.protocol = protocol;
        this.run = run;
        this.kept = kept;
        this.served = new Served(version, Optional.empty(), Optional.empty());
    }

    long version() {
        return served.version;
    }

    /** Whether requests name the version that draws their tokens. */
    boolean exact() {
        return served.name.isPresent();
    }

    /** The adapter that requests ask for, if one is served. */
    Optional<String> adapter() {
        return served.name;
    }

    /**
     * Gives servers other weights. Those that are away get them when they are back; if all of them are, and had been there before, that is waited for.
     *
     * @throws UncheckedIOException if no server has them and one refused them, or none was ever there; the ones before stay in use
     */
    void change(List<Replica> replicas, Path safetensors, String sha256, long version, long nowMs) {
        String found = Sha256.of(safetensors);
        if (!found.equalsIgnoreCase(sha256)) {
            throw new IllegalArgumentException("weights " + version + " in " + safetensors + " have SHA-256 " + found
                    + ", expected " + sha256 + "; version " + version() + " stays in use");
        }
        Served before = served;
        served = laidOut(safetensors, version, found);
        Set<Given> given = EnumSet.noneOf(Given.class);
        replicas.forEach(replica -> given.add(give(replica, nowMs)));
        reached |= given.contains(Given.TAKEN);
        if (!given.contains(Given.TAKEN) && (given.contains(Given.REFUSED) || !reached)) {
            served = before;
            throw new UncheckedIOException(new IOException("none of " + replicas.size() + " servers could load weights "
                    + version + "; version " + before.version + " stays in use"));
        }
        before.name.ifPresent(name -> replaced.add(new Replaced(name, nowMs + kept.toMillis())));
    }

    private Served laidOut(Path safetensors, long version, String sha256) {
        Path folder =
                run.resolve(SERVED).resolve(String.format("v%06d", version)).toAbsolutePath();
        if (Adapters.writePeft(safetensors, folder)) {
            return new Served(
                    version, Optional.of("seine-v" + version + "-" + sha256.substring(0, 8)), Optional.of(folder));
        }
        ModelFolder.link(run, safetensors, folder);
        return new Served(version, Optional.empty(), Optional.of(folder));
    }

    /** Has a server load what is served; one that fails is behind and rests. */
    Given give(Replica replica, long nowMs) {
        try {
            replica.call(Protocol.HEALTH, Optional.empty());
            if (served.name.isPresent()) {
                loadAdapter(replica, served.name.get(), served.folder.orElseThrow());
            } else if (served.folder.isPresent()) {
                for (Protocol.Call call : protocol.reload(served.folder.get())) {
                    reload(replica, call);
                }
            }
            replica.current(true);
            return Given.TAKEN;
        } catch (IOException e) {
            LOG.warn("{} does not take weights {}: {}", replica.url(), served.version, e.getMessage());
            replica.current(false);
            replica.rest(nowMs);
            return e instanceof Replica.Refused refused && !refused.passing() ? Given.REFUSED : Given.AWAY;
        }
    }

    /** Servers may answer 200 and say in it that they did not do it, as vLLM while something holds its cache: they are asked again later. */
    private static void reload(Replica replica, Protocol.Call call) throws IOException {
        JsonNode said = replica.ask(call.path(), Optional.of(call.body()));
        if (!said.path("success").asBoolean(true)) {
            throw new IOException(
                    call.path() + " was not done: " + said.path("message").asText("no reason given"));
        }
    }

    /** A server refuses a name that it has already, from another generator or from one that ran here before. */
    private void loadAdapter(Replica replica, String name, Path folder) throws IOException {
        try {
            Protocol.Call call = protocol.loadAdapter(name, folder);
            replica.call(call.path(), Optional.of(call.body()));
        } catch (Replica.Refused e) {
            if (e.passing() || !holds(replica, name)) {
                throw e;
            }
        }
    }

    /** Whether a server has what requests ask for; one that was started anew, or does not say what it has, has not. */
    boolean held(Replica replica) {
        try {
            return served.name.isEmpty() || holds(replica, served.name.get());
        } catch (IOException e) {
            LOG.warn("{} does not say what it holds: {}", replica.url(), e.getMessage());
            return false;
        }
    }

    private static boolean holds(Replica replica, String name) throws IOException {
        for (JsonNode model : replica.ask(Protocol.MODELS, Optional.empty()).path("data")) {
            if (model.path("id").asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Has servers forget adapters that nobody asks for any more. */
    void tidy(List<Replica> replicas, long nowMs) {
        while (!replaced.isEmpty() && nowMs >= replaced.peek().untilMs) {
            String name = replaced.remove().name;
            if (!served.name.equals(Optional.of(name))) {
                replicas.forEach(replica -> forget(replica, name));
            }
        }
    }

    /** Best effort: another generator may have been quicker, and a server drops adapters itself when its room is used up. */
    private void forget(Replica replica, String name) {
        Protocol.Call call = protocol.unloadAdapter(name);
        var unused = replica.send(call.path(), Optional.of(call.body())).whenComplete((reply, error) -> {
            if (error != null) {
                LOG.debug("{} keeps {}: {}", replica.url(), name, error.toString());
            }
        });
    }
}
