package dev.seine.policy;

/** How a number of a weight is kept. */
public enum Precision {
    /** IEEE single precision, 4 bytes. */
    FLOAT32("float32", "F32", 4, 6),
    /** The upper half of a float32: its range, 8 bits of its digits; 2 bytes. */
    BFLOAT16("bfloat16", "BF16", 2, 15);

    private final String id;
    private final String safetensors;
    private final int bytes;
    private final int scalarType;

    Precision(String id, String safetensors, int bytes, int scalarType) {
        this.id = id;
        this.safetensors = safetensors;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The precision of a setting. */
    public static Precision of(String id) {
        for (Precision precision : values()) {
            if (precision.id.equals(id)) {
                return precision;
            }
        }
        throw new IllegalArgumentException("precision must be float32 or bfloat16, got " + id);
    }

    /** Its name in settings and in {@code config.json}. */
    public String id() {
        return id;
    }

    /** Its name in a safetensors file. */
    String safetensors() {
        return safetensors;
    }

    /** Bytes of a number. */
    public int bytes() {
        return bytes;
    }

    /** Its number in libtorch. */
    int scalarType() {
        return scalarType;
    }
}
