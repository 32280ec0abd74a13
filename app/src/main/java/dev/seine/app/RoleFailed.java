package dev.seine.app;

/** A role ended by an error: {@code name: what it said}, the error itself being the cause. */
public final class RoleFailed extends RuntimeException {
    private final String role;

    RoleFailed(String role, Throwable cause) {
        super(role + ": " + Failures.line(cause), cause);
        this.role = role;
    }

    /** The name of the role that failed. */
    public String role() {
        return role;
    }
}
