package dev.seine.schemas;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * What Avro is told once, before it reads anything: it may make instances of the generated event classes, which it
 * refuses unless told so, and it must not believe a length that no record can have, since it sets the memory aside
 * before it reads on.
 */
final class Trust {
    private static final String EVENTS = "dev.seine.event.";
    private static final String LIMITS = "org.apache.avro.limits.";
    private static final int MAX_ITEMS = 1 << 22;

    static {
        limit("collectionItems.maxLength", MAX_ITEMS);
        limit("bytes.maxLength", AvroSerde.MAX_BYTES);
        limit("string.maxLength", AvroSerde.MAX_BYTES);
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(EVENTS)));
    }

    private Trust() {}

    /** Runs the static initialiser, once. */
    static void install() {}

    private static void limit(String name, int most) {
        if (System.getProperty(LIMITS + name) == null) {
            System.setProperty(LIMITS + name, Integer.toString(most));
        }
    }
}
