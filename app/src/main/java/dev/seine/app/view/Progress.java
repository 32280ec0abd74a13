package dev.seine.app.view;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a run stands.
 *
 * @param stage what is done now, in a few words
 * @param step steps done in this stage
 * @param totalSteps steps this stage will have; 0 if that is not known
 * @param loss mean loss of the last step
 * @param reward mean total reward of the last step's rollouts
 * @param accuracy share of the last step's rollouts that answered correctly, 0 to 1
 * @param searches searches per rollout of the last step
 * @param staleness mean age in policy versions of the last step's tokens
 * @param lag events that wait for the learner
 * @param generatedPerSecond tokens generated a second
 * @param trainedPerSecond tokens trained a second
 * @param memory closed-book accuracy of the last memory probe, 0 to 1
 * @param elapsed since the run began
 * @param left estimated time until the stage ends; empty while unknown
 */
public record Progress(
        String stage,
        int step,
        int totalSteps,
        OptionalDouble loss,
        OptionalDouble reward,
        OptionalDouble accuracy,
        OptionalDouble searches,
        OptionalDouble staleness,
        long lag,
        double generatedPerSecond,
        double trainedPerSecond,
        OptionalDouble memory,
        Duration elapsed,
        Optional<Duration> left) {

    /** A stage of which nothing is known yet. */
    public static Progress of(String stage, int totalSteps, Duration elapsed) {
        OptionalDouble none = OptionalDouble.empty();
        return new Progress(
                stage, 0, totalSteps, none, none, none, none, none, 0, 0, 0, none, elapsed, Optional.empty());
    }
}
