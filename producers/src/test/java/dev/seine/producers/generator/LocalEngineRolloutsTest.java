package dev.seine.producers.generator;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.seine.event.Passage;
import dev.seine.event.Question;
import dev.seine.event.Segment;
import dev.seine.event.SegmentKind;
import dev.seine.event.Trajectory;
import dev.seine.policy.Decoder;
import dev.seine.policy.LocalEngine;
import dev.seine.policy.ModelConfig;
import dev.seine.policy.SequenceEngine;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Torch;
import dev.seine.policy.WordTokenizer;
import dev.seine.producers.retrieval.Retriever;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine over the real engine and tokenizer; the policy is random, so it opens and closes tags anyhow. */
final class LocalEngineRolloutsTest {
    private static final Retriever RETRIEVER = (query, k) -> List.of(Passage.newBuilder()
            .setId("p1")
            .setTitle("Oslo")
            .setText("Oslo is in Norway.")
            .setScore(1)
            .build());

    @TempDir
    Path folder;

    private List<Trajectory> run(Tokenizer tokenizer, int slots) {
        Torch.threads(1);
        ModelConfig model = new ModelConfig(tokenizer.vocabSize(), 16, 32, 1, 2, 1, 8, 128, 10_000, 1e-6, true, true);
        try (Decoder decoder = Decoder.random(model, 3, Device.cpu());
                SequenceEngine engine = new LocalEngine(decoder, slots, 96, 4)) {
            List<Question> questions = List.of(Scripts.question("q", 0, 12, 4), Scripts.question("r", 1, 12, 4));
            return new LocalRollouts(engine, tokenizer, RETRIEVER, "p", 1, Clock.systemUTC())
                    .run(questions, GeneratorConfig.defaults(slots, 96), SearchMode.FREE);
        }
    }

    @Test
    void tokensMasksAndTextsFitWhateverIsWritten() {
        Path file = folder.resolve("tokenizer.json");
        WordTokenizer.write(
                file,
                List.of("Question: What is q? Answer: r (1) Oslo is in Norway. Nothing was found."),
                List.of("<pad>", "<eos>", "<unk>", "<external>", "</external>", "<document>", "</document>"),
                100);
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            List<Trajectory> done = run(tokenizer, 8);
            assertThat(done).hasSize(24);
            assertThat(done.stream().mapToInt(Trajectory::getSearches).sum()).isPositive();
            for (Trajectory trajectory : done) {
                int size = trajectory.getTokens().size();
                assertThat(size).isLessThanOrEqualTo(96);
                assertThat(trajectory.getSampled()).hasSize(size);
                assertThat(trajectory.getLogprobs()).hasSize(size).allMatch(l -> l <= 0 && Float.isFinite(l));
                assertThat(trajectory.getMaxVersion()).isEqualTo(4);
                assertThat(trajectory.getTokens().stream()
                                .anyMatch(t -> t == tokenizer.id("<external>") && trajectory.getRolloutIndex() >= 8))
                        .isFalse();
                documentsAreShownWhole(tokenizer, trajectory);
            }
            assertThat(run(tokenizer, 3))
                    .extracting(Trajectory::getTokens)
                    .isEqualTo(done.stream().map(Trajectory::getTokens).toList());
        }
    }

    private static void documentsAreShownWhole(Tokenizer tokenizer, Trajectory trajectory) {
        for (Segment segment : trajectory.getSegments()) {
            int[] tokens = trajectory.getTokens().subList(segment.getStart(), segment.getEnd()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            if (segment.getKind() == SegmentKind.DOCUMENTS && tokens.length > 0) {
                assertThat(tokenizer.decode(tokens))
                        .startsWith("<document> (1) ")
                        .endsWith("</document>")
                        .contains(segment.getQuery().isEmpty() ? "Nothing was found" : "Norway");
            }
        }
    }
}
