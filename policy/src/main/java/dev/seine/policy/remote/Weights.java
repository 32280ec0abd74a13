package dev.seine.policy.remote;

import dev.seine.policy.Adapters;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights that servers hold, and how they get others: by the path of a folder that they can read. Adapters are laid out as PEFT does, whole
 * models as Hugging Face does, under {@code served/} in the run's folder.
 */
final class Weights {
    private static final Logger LOG = LoggerFactory.getLogger(Weights.class);
    private static final String SERVED = "served";

    private final Protocol protocol;
    private final Path run;
    private Served served;

    /** What servers hold; {@code folder} is empty as long as it is what they were started with. */
    private record Served(long version, boolean adapter, Optional<Path> folder) {
        String name() {
            return "seine-v" + version;
        }
    }

    Weights(Protocol protocol, Path run, long version) {
        this.protocol = protocol;
        this.run = run;
        this.served = new Served(version, false, Optional.empty());
    }

    long version() {
        return served.version;
    }

    /** Whether requests name the version that draws their tokens. */
    boolean exact() {
        return served.adapter;
    }

    /** The adapter that requests ask for, if one is served. */
    Optional<String> adapter() {
        return served.adapter ? Optional.of(served.name()) : Optional.empty();
    }

    void change(List<Replica> replicas, Path safetensors, String sha256, long version, long nowMs) {
        String found = Sha256.of(safetensors);
        if (!found.equalsIgnoreCase(sha256)) {
            throw new IllegalArgumentException("weights " + version + " in " + safetensors + " have SHA-256 " + found
                    + ", expected " + sha256 + "; version " + version() + " stays in use");
        }
        Served before = served;
        served = laidOut(safetensors, version);
        long given = replicas.stream().filter(replica -> give(replica, nowMs)).count();
        if (given == 0) {
            served = before;
            throw new UncheckedIOException(new IOException("none of " + replicas.size() + " servers could load weights "
                    + version + "; version " + before.version + " stays in use"));
        }
        if (before.adapter) {
            replicas.forEach(replica -> forget(replica, before));
        }
    }

    private Served laidOut(Path safetensors, long version) {
        Path folder =
                run.resolve(SERVED).resolve(String.format("v%06d", version)).toAbsolutePath();
        boolean adapter = Adapters.writePeft(safetensors, folder);
        if (!adapter) {
            ModelFolder.link(run, safetensors, folder);
        }
        return new Served(version, adapter, Optional.of(folder));
    }

    /** Has a server load what is served; one that fails is behind and rests. Returns whether it has it now. */
    boolean give(Replica replica, long nowMs) {
        try {
            replica.call(Protocol.HEALTH, Optional.empty());
            if (served.folder.isPresent()) {
                Protocol.Call call = served.adapter
                        ? protocol.loadAdapter(served.name(), served.folder.get())
                        : protocol.reload(served.folder.get());
                replica.call(call.path(), Optional.of(call.body()));
            }
            replica.current(true);
            return true;
        } catch (IOException e) {
            LOG.warn("{} does not take weights {}: {}", replica.url(), served.version, e.getMessage());
            replica.current(false);
            replica.rest(nowMs);
            return false;
        }
    }

    /** Best effort: a server that keeps an adapter too long drops it itself when its room is used up. */
    private void forget(Replica replica, Served before) {
        Protocol.Call call = protocol.unloadAdapter(before.name());
        var unused = replica.send(call.path(), Optional.of(call.body())).whenComplete((reply, error) -> {
            if (error != null) {
                LOG.debug("{} keeps {}: {}", replica.url(), before.name(), error.toString());
            }
        });
    }
}
