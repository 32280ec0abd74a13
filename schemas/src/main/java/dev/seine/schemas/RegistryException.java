package dev.seine.schemas;

import org.jspecify.annotations.Nullable;

/** The schema registry refused a request, or could not be reached. */
public final class RegistryException extends RuntimeException {
    /** Error code for a schema that does not fit the earlier ones of its subject. */
    public static final int INCOMPATIBLE = 409;
    /** Error code for an unknown subject. */
    public static final int NO_SUBJECT = 40401;
    /** Error code for an unknown version of a known subject. */
    public static final int NO_VERSION = 40402;
    /** Error code for an unknown schema or schema id. */
    public static final int NO_SCHEMA = 40403;
    /** Error code for a subject without a compatibility level of its own. */
    public static final int NO_LEVEL = 40408;

    private final int status;
    private final int code;

    /**
     * @param status HTTP status; 0 if no registry answered
     * @param code the registry's own error code; the status if it sent none
     * @param cause null if the registry answered with no more than the status
     */
    public RegistryException(int status, int code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.code = code;
    }

    /** HTTP status; 0 if no registry answered. */
    public int status() {
        return status;
    }

    /** The registry's own error code, such as {@link #NO_SCHEMA}. */
    public int code() {
        return code;
    }

    /** True if the same request may succeed later: nobody answered, or the registry itself failed. */
    public boolean unavailable() {
        return status == 0 || status >= 500 || status == 429;
    }
}
