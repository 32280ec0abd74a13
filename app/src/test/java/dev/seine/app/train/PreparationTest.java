package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.event.Question;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PreparationTest {
    @TempDir
    private Path dir;

    private final List<String> said = new ArrayList<>();

    private RunFolder prepare(String questions, String corpus) throws Exception {
        Path questionFile = Files.writeString(dir.resolve("questions.jsonl"), questions);
        Path corpusFile = Files.writeString(dir.resolve("corpus.jsonl"), corpus);
        RunOptions options = new RunOptions();
        options.run = dir.resolve("run");
        RunFolder folder = options.folder().create();
        new Preparation(folder, options.fresh(List.of("data.held-out-percent=50")), said::add)
                .run(questionFile, corpusFile, null);
        return folder;
    }

    private static String questions(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"question\": \"What is thing " + i + "?\", \"answer\": \"colour " + i + "\"}\n")
                .collect(Collectors.joining());
    }

    @Test
    void ownQuestionsAreSplitAndNothingIsInBothParts() throws Exception {
        RunFolder folder = prepare(questions(10), "{\"title\": \"Thing\", \"text\": \"A thing has a colour.\"}\n");
        Set<String> training = ids(folder.trainQuestions());
        Set<String> heldOut = ids(folder.evaluationQuestions(QuestionSets.HELD_OUT_QUESTIONS));
        assertThat(training).hasSize(5).doesNotContainAnyElementsOf(heldOut);
        assertThat(heldOut).hasSize(5);
        assertThat(folder.tokenizer()).isNotEmptyFile();
        assertThat(folder.begun()).isTrue();
    }

    @Test
    void aBadLineIsNamedWithFileAndLineAndTheRestGoesOn() throws Exception {
        prepare(
                questions(4) + "{\"question\": \"without answer\"}\nnot json\n",
                "{\"title\": \"Thing\", \"text\": \"A thing.\"}\n{\"title\": \"Empty\"}\n");
        assertThat(said).anyMatch(line -> line.contains("questions.jsonl:5: ") && line.contains("answer"));
        assertThat(said).anyMatch(line -> line.contains("questions.jsonl:6: "));
        assertThat(said).anyMatch(line -> line.contains("corpus.jsonl:2: ") && line.contains("text"));
    }

    @Test
    void anEmptyCorpusIsRefused() {
        assertThatThrownBy(() -> prepare(questions(4), "")).hasMessageContaining("corpus is empty");
    }

    @Test
    void aFileWithoutAUsableQuestionIsRefused() {
        assertThatThrownBy(() -> prepare("{\"question\": \"without answer\"}\n", "{\"text\": \"A thing.\"}\n"))
                .hasMessageContaining("no usable question");
    }

    @Test
    void aMissingCorpusIsRefusedByName() {
        assertThatThrownBy(() -> new Preparation(
                                new RunFolder(dir.resolve("run")).create(),
                                new RunOptions().fresh(List.of()),
                                said::add)
                        .run(dir.resolve("q.jsonl"), dir.resolve("nowhere.jsonl"), null))
                .hasMessageContaining("nowhere.jsonl");
    }

    @Test
    void ownQuestionsNeedACorpusAndTheOtherWayRound() {
        CommandLine prepare = new CommandLine(new PrepareCommand());
        prepare.setExecutionExceptionHandler((error, line, result) -> {
            said.add(error.getMessage());
            return 1;
        });
        String run = dir.resolve("run").toString();
        assertThat(prepare.execute("--run", run, "--questions", "q.jsonl")).isEqualTo(1);
        assertThat(prepare.execute("--run", run, "--corpus", "c.jsonl")).isEqualTo(1);
        assertThat(said)
                .containsExactly(
                        "--questions and --corpus belong together: got only --questions",
                        "--questions and --corpus belong together: got only --corpus");
        assertThat(dir.resolve("run")).doesNotExist();
    }

    @Test
    void aRunFolderBelowAFileIsRefused() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> new RunFolder(file.resolve("run")).create())
                .hasMessageContaining("run folder")
                .hasMessageContaining("--run");
    }

    private static Set<String> ids(Path file) {
        return QuestionSets.read(file).stream().map(Question::getId).collect(Collectors.toCollection(HashSet::new));
    }
}
