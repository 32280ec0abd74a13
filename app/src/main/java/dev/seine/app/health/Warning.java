package dev.seine.app.health;

/**
 * A collapse that the step metrics show.
 *
 * @param step last step looked at
 * @param collapse which
 * @param figures what shows it
 */
public record Warning(int step, Collapse collapse, String figures) {
    @Override
    public String toString() {
        return "step " + step + ": " + collapse.id() + ": " + figures + " (" + collapse.advice() + ")";
    }
}
