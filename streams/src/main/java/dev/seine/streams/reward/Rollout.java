package dev.seine.streams.reward;

import dev.seine.event.Trajectory;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import dev.seine.schemas.Parsed;
import java.util.Optional;

/** A trajectory with its parsed text. */
public record Rollout(Trajectory trajectory, Parsed parsed) {
    /** Parses the trajectory's text in its own dialect. */
    public static Rollout of(Trajectory trajectory) {
        return new Rollout(trajectory, Markup.parse(Dialect.of(trajectory.getDialect()), trajectory.getText()));
    }

    /** The answer as the system that recorded the trajectory states it, used instead of the text's. */
    public Optional<String> statedAnswer() {
        return Optional.ofNullable(trajectory.getStatedAnswer());
    }
}
