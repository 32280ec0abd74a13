package dev.seine.producers.atlas;

/**
 * Sizes of the atlas data set.
 *
 * @param trainingQuestions distinct questions to train on
 * @param evaluationQuestions distinct questions in each of the two evaluation sets
 */
public record AtlasConfig(int trainingQuestions, int evaluationQuestions) {
    /** Checks the ranges. */
    public AtlasConfig {
        if (trainingQuestions < 1 || evaluationQuestions < 1) {
            throw new IllegalArgumentException(
                    "atlas.training-questions and atlas.evaluation-questions must be at least 1," + " got "
                            + trainingQuestions + " and " + evaluationQuestions);
        }
    }
}
