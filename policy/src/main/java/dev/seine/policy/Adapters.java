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

/**
 * Adapters and the weights they belong to. A file of adapters names those by path, relative to its folder, and checksum.
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
        Path folder = file.toAbsolutePath().getParent();
        return Optional.of(new Adapters(
                Lora.parse(config),
                folder.resolve(shards.metadata().getOrDefault(BASE, "")).normalize(),
                shards.metadata().getOrDefault(BASE_SHA256, "")));
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
    Map<String, String> metadata(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return Map.of(PEFT_CONFIG, lora.json(), BASE, folder.relativize(base).toString(), BASE_SHA256, baseSha256);
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
