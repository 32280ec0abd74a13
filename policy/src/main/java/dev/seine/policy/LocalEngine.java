package dev.seine.policy;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine in this process. Guarantees: a sequence's tokens depend on its prompt, seed and weights, not on what is written beside it (but
 * for rounding); a tick uses one version of the weights for all sequences.
 */
public final class LocalEngine implements SequenceEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEngine.class);

    private final int slots;
    private final int maxTokens;
    private final CachedDecoder decoder;
    private final Map<String, Sequence> sequences = new LinkedHashMap<>();
    private final BitSet taken = new BitSet();
    private long version;
    private long generated;

    /**
     * Allocates the caches.
     *
     * @param decoder the first weights; the engine owns and closes them
     * @param slots sequences that can be held at once, paused ones included
     * @param maxTokens longest sequence, at most the model's positions
     * @param version of the first weights
     */
    public LocalEngine(Decoder decoder, int slots, int maxTokens, long version) {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1, got " + slots);
        }
        if (maxTokens < 2 || maxTokens > decoder.config().maxPositions()) {
            throw new IllegalArgumentException("max-tokens must be 2 to the model's "
                    + decoder.config().maxPositions() + " positions, got " + maxTokens);
        }
        this.slots = slots;
        this.maxTokens = maxTokens;
        this.decoder = new CachedDecoder(decoder, slots, maxTokens);
        this.version = version;
    }

    @Override
    public int capacity() {
        return slots;
    }

    @Override
    public int free() {
        return slots - sequences.size();
    }

    @Override
    public int running() {
        return (int) sequences.values().stream().filter(s -> !s.paused()).count();
    }

    @Override
    public void start(String id, int[] prompt, Sampling sampling) {
        if (sequences.containsKey(id)) {
            throw new IllegalArgumentException("sequence " + id + " is here already");
        }
        if (sampling.maxTokens() > maxTokens) {
            throw new IllegalArgumentException("sequence " + id + " asks for " + sampling.maxTokens()
                    + " tokens, the engine holds at most " + maxTokens);
        }
        if (prompt.length == 0 || prompt.length >= sampling.maxTokens()) {
            throw new IllegalArgumentException("sequence " + id + " has a prompt of " + prompt.length
                    + " tokens, expected 1 to " + (sampling.maxTokens() - 1));
        }
        check(id, prompt);
        check(id, sampling.bannedTokens());
        if (sampling.banned() >= decoder.config().vocabSize()) {
            throw new IllegalArgumentException("sequence " + id + " bans every token");
        }
        if (free() == 0) {
            throw new IllegalStateException("sequence " + id + " finds no free slot, all " + slots + " are taken");
        }
        int slot = taken.nextClearBit(0);
        taken.set(slot);
        sequences.put(id, new Sequence(id, slot, prompt, sampling));
    }

    @Override
    public void resume(String id, int[] inserted) {
        Sequence sequence = sequences.get(id);
        if (sequence == null || !sequence.paused()) {
            throw new IllegalStateException(
                    "sequence " + id + " is not paused but " + (sequence == null ? "unknown" : "running"));
        }
        check(id, inserted);
        sequence.resume(inserted);
    }

    @Override
    public int[] soFar(String id) {
        Sequence sequence = sequences.get(id);
        return sequence == null ? new int[0] : sequence.soFar();
    }

    @Override
    public void cancel(String id) {
        Sequence sequence = sequences.remove(id);
        if (sequence != null) {
            taken.clear(sequence.slot());
        }
    }

    @Override
    public List<Written> step() {
        List<Written> stopped = new ArrayList<>();
        List<Chunk> single = new ArrayList<>();
        List<Chunk> longer = new ArrayList<>();
        for (Sequence sequence : List.copyOf(sequences.values())) {
            if (!sequence.paused() && sequence.full()) {
                stopped.add(end(sequence, StopReason.LENGTH));
            } else if (!sequence.paused()) {
                (sequence.pending().length == 1 ? single : longer).add(Chunk.of(sequence));
            }
        }
        if (!single.isEmpty()) {
            advance(single, stopped);
        }
        Chunk.calls(longer).forEach(call -> advance(call, stopped));
        return stopped;
    }

    private void advance(List<Chunk> chunks, List<Written> stopped) {
        float[] drawn = decoder.advance(chunks);
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            Sequence sequence = chunk.sequence();
            boolean last = chunk.last();
            sequence.fed(chunk.count());
            if (last) {
                write(sequence, (int) drawn[2 * i], drawn[2 * i + 1], stopped);
            }
        }
    }

    private void write(Sequence sequence, int token, float logprob, List<Written> stopped) {
        if (!Float.isFinite(logprob)) {
            throw new IllegalStateException(
                    "sequence " + sequence.id() + " drew token " + token + " with log-probability " + logprob
                            + " from weights of version " + version + ", expected a finite one");
        }
        sequence.write(token, logprob, version);
        generated++;
        if (token == sequence.sampling().eos()) {
            stopped.add(end(sequence, StopReason.EOS));
        } else if (sequence.paused()) {
            stopped.add(sequence.written(StopReason.STOP_TOKEN, version));
        } else if (sequence.full()) {
            stopped.add(end(sequence, StopReason.LENGTH));
        }
    }

    private Written end(Sequence sequence, StopReason reason) {
        cancel(sequence.id());
        return sequence.written(reason, version);
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public void load(Path safetensors, String sha256, long newVersion) {
        String found = Sha256.of(safetensors);
        if (!found.equalsIgnoreCase(sha256)) {
            throw new IllegalArgumentException("weights " + newVersion + " in " + safetensors + " have SHA-256 " + found
                    + ", expected " + sha256 + "; version " + version + " stays in use");
        }
        decoder.replace(
                Decoder.load(safetensors, decoder.config(), decoder.manager().getDevice()));
        LOG.debug("weights {} replace {}", newVersion, version);
        version = newVersion;
    }

    @Override
    public long generatedTokens() {
        return generated;
    }

    @Override
    public void close() {
        sequences.clear();
        decoder.close();
    }

    /** Owner of the arrays that live as long as the engine. */
    NDManager manager() {
        return decoder.manager();
    }

    private void check(String id, int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= decoder.config().vocabSize()) {
                throw new IllegalArgumentException("sequence " + id + " holds token " + token + ", expected 0 to "
                        + (decoder.config().vocabSize() - 1));
            }
        }
    }
}
