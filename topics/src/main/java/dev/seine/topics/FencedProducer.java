package dev.seine.topics;

import java.util.Map;

/**
 * An {@link EventProducer} whose writes can be read only once it commits them, all at once, and of which only the one made
 * last of an id can write at all: that is what keeps a process which was believed dead from writing into the work of its
 * successor. For use by one thread.
 *
 * <p>A broker that is away is waited for.
 */
public interface FencedProducer extends EventProducer {
    /** Whether something was sent that is not committed. */
    boolean pending();

    /**
     * Commits what was sent.
     *
     * @throws Fenced if a newer producer of this id has taken over; nothing of it is written then
     */
    void commit();

    /**
     * Commits what was sent and, with it, the place in each partition that the reader's group has come to. Nothing of it happens
     * if the reader has lost its place in its group, or was away for longer than a commit may take: then the answer is
     * false, and whoever sent it goes back to what the log says.
     *
     * @param next at least one partition, so that the brokers check the reader's membership
     * @throws Fenced if producers of this id take turns in cutting each other off: two processes have one name
     */
    boolean commit(EventConsumer<?> reader, Map<Integer, Bookmark> next);

    /** Forgets what was sent since the last commit. */
    void abort();
}
