package dev.seine.app.train;

import dev.seine.event.Question;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that sample a run's policy on some questions. */
final class SampledOptions {
    @Option(names = "--weights", paramLabel = "NAME", description = "newest, cold-start, a version or a file.")
    private String weights = "newest";

    @Option(
            names = "--questions",
            paramLabel = "FILE",
            description = "Questions (default: the run's training questions).")
    private @Nullable Path questions;

    @Option(names = "--first", paramLabel = "N", description = "Only the first N questions.")
    private @Nullable Integer first;

    List<Question> questions(RunFolder folder) {
        return QuestionSets.chosen(questions, first, folder);
    }

    Candidate candidate(RunFolder folder, RunConfig config) {
        return Candidate.of(weights, "", folder, config);
    }
}
