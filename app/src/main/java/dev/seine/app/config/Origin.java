package dev.seine.app.config;

/**
 * Where a value was written.
 *
 * @param name file or resource name, or the option
 * @param line from 1; 0 where there are no lines
 * @param raw true if the value is the text of a command-line option, still to be read as whatever its key needs
 */
record Origin(String name, int line, boolean raw) {
    @Override
    public String toString() {
        return line > 0 ? name + ":" + line : name;
    }
}
