package dev.seine.app.doctor;

/**
 * What a check found.
 *
 * @param check what was looked at
 * @param found in a few words
 * @param advice what to do; {@code ""} if nothing
 */
record Finding(String check, Level level, String found, String advice) {

    /** How bad it is: a run works, may disappoint, or cannot work. */
    enum Level {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String check, String found) {
        return new Finding(check, Level.OK, found, "");
    }

    static Finding warn(String check, String found, String advice) {
        return new Finding(check, Level.WARN, found, advice);
    }

    static Finding fail(String check, String found, String advice) {
        return new Finding(check, Level.FAIL, found, advice);
    }
}
