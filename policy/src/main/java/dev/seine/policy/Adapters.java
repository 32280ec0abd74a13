package dev.seine.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Adapters and the weights they belong to. A file of adapters names those by file name and checksum, so that equal adapters are equal files wherever they
 * are written; they are looked for in its folder and up to three above, as a run's are laid out.
 *
 * @param lora what is adapted
 * @param base file or folder of the model's weights
 * @param baseSha256 its checksum
 */
public record Adapters(Lora lora, Path base, String baseSha256) {
    static final String PEFT_WEIGHTS = "adapter_model.safetensors";
    static final String PEFT_CONFIG = "adapter_config.json";

    private static final String BASE = "seine.base";
    private static final String BASE_SHA256 = "seine.base_sha256";
    private static final int ABOVE = 3;
    private static final NDManager MANAGER = Torch.manager();
    private static final TorchModule MODULE = Torch.compile(
            MANAGER,
            """
              def fold(self: __torch__.M, weight: Tensor, a: Tensor, b: Tensor, factor: float) -> Tensor:
                return torch.copy_(weight, weight + torch.mm(b.to(6), a.to(6)) * factor)
            """);

    static Adapters over(Path base, Lora lora) {
        return new Adapters(
                lora, base.toAbsolutePath().normalize(), Shards.of(base).sha256());
    }

    /** The adapters that a file holds, if it was written for them. */
    static Optional<Adapters> in(Shards shards, Path file) {
        String config = shards.metadata().get(PEFT_CONFIG);
        if (config == null) {
            return Optional.empty();
        }
        String base = shards.metadata().getOrDefault(BASE, "");
        return Optional.of(new Adapters(
                Lora.parse(config), near(file, base), shards.metadata().getOrDefault(BASE_SHA256, "")));
    }

    private static Path near(Path file, String name) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        for (int up = 0; up <= ABOVE && folder != null && !name.isEmpty(); up++) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
            folder = folder.getParent();
        }
        throw new IllegalArgumentException(
                file + " holds adapters of '" + name + "', which is neither beside it nor in the folders above");
    }

    /** The description in a PEFT folder. */
    static Lora peft(Path folder) {
        Path config = folder.resolve(PEFT_CONFIG);
        try {
            return Lora.parse(Files.readString(config));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + config, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(config + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the adapters in a file as a PEFT folder, for programs that know that layout.
     *
     * @return whether the file holds adapters; if not, nothing is written
     */
    public static boolean writePeft(Path safetensors, Path folder) {
        Optional<Adapters> adapters = in(Shards.of(safetensors), safetensors);
        if (adapters.isPresent()) {
            try (NDManager manager = Torch.manager()) {
                adapters.get().savePeft(folder, SafeTensors.read(safetensors, manager));
            }
        }
        return adapters.isPresent();
    }

    void savePeft(Path folder, Map<String, NDArray> arrays) {
        try {
            SafeTensors.write(folder.resolve(PEFT_WEIGHTS), arrays, Map.of("format", "pt"));
            Files.writeString(folder.resolve(PEFT_CONFIG), lora.json());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder, e);
        }
    }

    /** The base, after its checksum. */
    Path verifiedBase() {
        String found = Shards.of(base).sha256();
        if (!found.equals(baseSha256)) {
            throw new IllegalArgumentException(
                    "the adapters' base " + base + " has SHA-256 " + found + ", expected " + baseSha256);
        }
        return base;
    }

    /** What a file of these adapters carries beside its arrays. */
    Map<String, String> metadata() {
        Map<String, String> texts = new TreeMap<>(); // in one order, so that equal adapters are equal files
        texts.put(PEFT_CONFIG, lora.json());
        texts.put(BASE, base.getFileName().toString());
        texts.put(BASE_SHA256, baseSha256);
        return texts;
    }

    /** Adds sign * alpha / rank * B A to each adapted weight, in float32. */
    void fold(ModelConfig config, List<NDArray> parameters, int sign) {
        int first = Parameter.all(config).size();
        for (int pair = 0; 2 * pair < parameters.size() - first; pair++) {
            NDArray a = parameters.get(first + 2 * pair);
            NDArray b = parameters.get(first + 2 * pair + 1);
            NDArray weight = parameters.get(lora.base(config, pair));
            MODULE.call(MANAGER, "fold", false, List.of(weight, a, b, sign * lora.scale()))
                    .close();
        }
    }
}
