package dev.seine.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The network as TorchScript methods.
 *
 * @param config sizes
 * @param lora adapters, if there are any
 */
public record NetworkScript(ModelConfig config, Optional<Lora> lora) {
    private static final String METHODS = resource();

    /** The methods with the sizes filled in. */
    public String text() {
        return with("");
    }

    /** The methods and further ones, which may call these and name sizes in the same way, as {@code $OUTPUT}. */
    public String with(String more) {
        int stride = Parameter.perLayer(config);
        int norm = 1 + stride * config.layers();
        return (METHODS + more)
                .replace("$LAYERS", Integer.toString(config.layers()))
                .replace("$STRIDE", Integer.toString(stride))
                .replace("$HIDDEN", Integer.toString(config.hiddenSize()))
                .replace("$HEADS", Integer.toString(config.heads()))
                .replace("$KV", Integer.toString(config.kvHeads()))
                .replace("$GROUPS", Integer.toString(config.groups()))
                .replace("$DIM", Integer.toString(config.headDim()))
                .replace("$EPS", Double.toString(config.rmsNormEps()))
                .replace("$BIAS", truth(config.attentionBias()))
                .replace("$ADAPTERS", Integer.toString(Parameter.all(config).size()))
                .replace("$ADAPTED", truth(lora.isPresent()))
                .replace("$SLOTS", lora.map(Lora::slots).orElse("[-1]"))
                .replace(
                        "$TARGETS",
                        Integer.toString(lora.map(l -> l.targets().size()).orElse(0)))
                .replace("$SCALE", Double.toString(lora.map(Lora::scale).orElse(1.0)))
                .replace("$NORM", Integer.toString(norm))
                .replace("$OUTPUT", Integer.toString(config.tieEmbeddings() ? 0 : norm + 1));
    }

    private static String truth(boolean value) {
        return value ? "True" : "False";
    }

    private static String resource() {
        try (InputStream in = NetworkScript.class.getResourceAsStream("decoder.py.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource decoder.py.txt", e);
        }
    }
}
