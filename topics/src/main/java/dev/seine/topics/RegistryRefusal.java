package dev.seine.topics;

import dev.seine.schemas.RegistryException;

/** A request that the embedded registry refuses, with Confluent's status and code. */
final class RegistryRefusal extends RuntimeException {
    static final int INVALID_SCHEMA = 42201;
    static final int INVALID_VERSION = 42202;
    static final int INVALID_LEVEL = 42203;
    static final int STORE_FAILED = 50001;

    private final int status;
    private final int code;

    RegistryRefusal(int status, int code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static RegistryRefusal noSubject(String subject) {
        return new RegistryRefusal(404, RegistryException.NO_SUBJECT, "Subject '" + subject + "' not found.");
    }

    static RegistryRefusal noVersion(String version) {
        return new RegistryRefusal(404, RegistryException.NO_VERSION, "Version " + version + " not found.");
    }

    static RegistryRefusal noSchema(String what) {
        return new RegistryRefusal(404, RegistryException.NO_SCHEMA, "Schema " + what + " not found");
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }
}
