package dev.seine.topics;

import dev.seine.schemas.RegistryException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells failures that pass by themselves, since a broker or the registry is away for the moment, from all others. */
public final class Outage {
    private Outage() {}

    /** Whether the same may succeed later without anything being changed here. */
    public static boolean passing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || (cause instanceof RegistryException registry && registry.unavailable())) {
                return true;
            }
        }
        return false;
    }
}
