package dev.seine.topics;

/** A service that is turned by whoever owns its thread. Not safe for use by several threads. */
public interface Role extends AutoCloseable {
    /** Name, as it stands in thread names, logs and rejections. */
    String name();

    /** Does a bounded amount of work and says how much; 0 means idle. */
    int step();

    /** Whether it has all that it needs to work. May be asked by any thread. */
    default boolean ready() {
        return true;
    }

    @Override
    void close();
}
