package dev.seine.topics;

import dev.seine.schemas.RegistryException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells failures that pass by themselves, or by beginning anew from the log, from all others. */
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

    /**
     * Whether brokers have ended this writer's transaction without it: a successor has cut it off, or it was away for longer than a
     * transaction may take. Nothing of it is written.
     */
    public static boolean cutOff(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException
                    || cause instanceof InvalidProducerEpochException
                    || cause instanceof InvalidTxnStateException
                    || cause instanceof InvalidPidMappingException) {
                return true;
            }
        }
        return false;
    }
}
