package dev.seine.serving.board;

/**
 * A run, for the list of runs.
 *
 * @param name of the run
 * @param recipe it was begun with
 * @param policy it trains
 * @param version newest version of its weights; -1 if there is none
 * @param begunAtMs when it was begun, in milliseconds since 1970-01-01 UTC
 * @param viewer address of its trajectory viewer; empty if none is open
 * @param command opens the viewer
 * @param current whether its policy answers here
 */
public record RunEntry(
        String name,
        String recipe,
        String policy,
        long version,
        long begunAtMs,
        String viewer,
        String command,
        boolean current) {}
