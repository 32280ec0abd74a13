package dev.seine.producers.generator;

import dev.seine.policy.Sampling;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.StopReason;
import dev.seine.policy.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** An engine whose policy is a script: what it says next, given all that stands in the sequence. One word a tick. */
final class ScriptedEngine implements SequenceEngine {
    /** A policy: a text that ends with a stop or end token, or is cut at the limit. */
    interface Script {
        String next(String id, String soFar, Sampling sampling);
    }

    /** A word that no process survives. */
    static final String POISON = "<poison>";

    /** What becomes of the process that says it. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1;

        Died(String id) {
            super(id);
        }
    }

    private static final class Sequence {
        final Sampling sampling;
        final List<Integer> all = new ArrayList<>();
        List<Integer> ahead = List.of();
        List<Integer> sampled = new ArrayList<>();
        long minVersion = Long.MAX_VALUE;
        boolean paused;

        Sequence(Sampling sampling) {
            this.sampling = sampling;
        }
    }

    final TreeSet<String> started = new TreeSet<>();
    final List<String> cancelled = new ArrayList<>();
    final Words words;
    /** Ticks that fail before anything is written. */
    int failing;
    /** Whether a poison makes a tick fail instead of killing the process. */
    boolean contained;

    private final int slots;
    private final Script script;
    private final Map<String, Sequence> sequences = new LinkedHashMap<>();
    private long version = -1;
    private long generated;
    private boolean closed;

    ScriptedEngine(int slots, Words words, Script script) {
        this.slots = slots;
        this.words = words;
        this.script = script;
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
        return (int) sequences.values().stream().filter(s -> !s.paused).count();
    }

    @Override
    public void start(String id, int[] prompt, Sampling sampling) {
        if (free() == 0) {
            throw new IllegalStateException("no slot");
        }
        if (sequences.containsKey(id)) {
            throw new IllegalArgumentException(id + " is in use");
        }
        Sequence sequence = new Sequence(sampling);
        Arrays.stream(prompt).forEach(sequence.all::add);
        sequences.put(id, sequence);
        started.add(id);
        goOn(id, sequence);
    }

    @Override
    public void resume(String id, int[] inserted) {
        Sequence sequence = sequences.get(id);
        if (sequence == null || !sequence.paused) {
            throw new IllegalStateException(id + " is not paused");
        }
        Arrays.stream(inserted).forEach(sequence.all::add);
        sequence.paused = false;
        goOn(id, sequence);
    }

    private void goOn(String id, Sequence sequence) {
        sequence.sampled = new ArrayList<>();
        sequence.minVersion = Long.MAX_VALUE;
        String soFar = words.decode(ints(sequence.all));
        sequence.ahead = new ArrayList<>(Arrays.stream(words.encode(script.next(id, soFar, sequence.sampling)))
                .boxed()
                .toList());
    }

    @Override
    public int[] soFar(String id) {
        Sequence sequence = sequences.get(id);
        return sequence == null ? new int[0] : ints(sequence.sampled);
    }

    @Override
    public void cancel(String id) {
        if (sequences.remove(id) != null) {
            cancelled.add(id);
        }
    }

    @Override
    public List<Written> step() {
        if (failing > 0 && running() > 0) {
            failing--;
            throw new IllegalStateException("no memory left");
        }
        List<Written> stopped = new ArrayList<>();
        for (String id : List.copyOf(sequences.keySet())) {
            Sequence sequence = sequences.get(id);
            if (!sequence.paused) {
                extend(id, sequence, stopped);
            }
        }
        return stopped;
    }

    private void extend(String id, Sequence sequence, List<Written> stopped) {
        int token = sequence.ahead.remove(0);
        if (Arrays.stream(sequence.sampling.bannedTokens()).anyMatch(banned -> banned == token)) {
            throw new AssertionError(id + ": the script says a banned token");
        }
        if (token == words.id(POISON)) {
            if (contained) {
                throw new IllegalStateException(id);
            }
            throw new Died(id);
        }
        generated++;
        sequence.all.add(token);
        sequence.sampled.add(token);
        sequence.minVersion = Math.min(sequence.minVersion, version);
        if (sequence.sampling.endTokens().contains(token)) {
            sequences.remove(id);
            stopped.add(written(id, sequence, StopReason.EOS));
        } else if (sequence.all.size() >= sequence.sampling.maxTokens()) {
            sequences.remove(id);
            stopped.add(written(id, sequence, StopReason.LENGTH));
        } else if (sequence.sampling.stopTokens().contains(token)) {
            sequence.paused = true;
            stopped.add(written(id, sequence, StopReason.STOP_TOKEN));
        }
    }

    private Written written(String id, Sequence sequence, StopReason reason) {
        float[] logprobs = new float[sequence.sampled.size()];
        Arrays.fill(logprobs, -0.5f);
        return new Written(id, ints(sequence.sampled), logprobs, sequence.minVersion, version, reason);
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public void load(Path safetensors, String sha256, long newVersion) {
        if (!sha256.equals("good")) {
            throw new IllegalArgumentException("sha256 of " + safetensors + " is another");
        }
        version = newVersion;
    }

    @Override
    public long generatedTokens() {
        return generated;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
