package dev.seine.learner;

import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint whose files are whole and have the checksums that its state names.
 *
 * @param folder where it is
 * @param state what it says of itself
 * @param memory the memory samples, oldest first
 */
record Checkpoint(Path folder, CheckpointState state, List<Recollection> memory) {
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String MEMORY = "memory.jsonl";
    static final String STATE = "state.json";
    /** Those whose checksums the state names. */
    static final List<String> FILES = List.of(MODEL, OPTIMIZER, MEMORY);

    Path model() {
        return folder.resolve(MODEL);
    }

    Path optimizer() {
        return folder.resolve(OPTIMIZER);
    }
}
