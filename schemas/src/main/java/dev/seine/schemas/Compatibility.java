package dev.seine.schemas;

/** Which earlier schemas of a subject a new one must work with; the names are the registry's own. */
public enum Compatibility {
    /** Anything goes. */
    NONE,
    /** The new schema reads what the latest one wrote. */
    BACKWARD,
    /** The new schema reads what any earlier one wrote. */
    BACKWARD_TRANSITIVE,
    /** The latest schema reads what the new one writes. */
    FORWARD,
    /** Every earlier schema reads what the new one writes. */
    FORWARD_TRANSITIVE,
    /** Both ways with the latest schema. */
    FULL,
    /** Both ways with every earlier schema. */
    FULL_TRANSITIVE;

    /** True if a new schema must read what earlier ones wrote. */
    public boolean readsOlder() {
        return name().startsWith("BACKWARD") || name().startsWith("FULL");
    }

    /** True if earlier schemas must read what a new one writes. */
    public boolean readByOlder() {
        return name().startsWith("FORWARD") || name().startsWith("FULL");
    }

    /** True if all earlier schemas count, not only the latest. */
    public boolean transitive() {
        return name().endsWith("_TRANSITIVE");
    }
}
