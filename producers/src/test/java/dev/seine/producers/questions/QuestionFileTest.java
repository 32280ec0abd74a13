package dev.seine.producers.questions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.seine.producers.RefusedLine;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuestionFileTest {
    @TempDir
    Path folder;

    private final List<RefusedLine> refused = new ArrayList<>();

    private List<QuestionDraft> read(String name, String... lines) throws Exception {
        return QuestionFile.read(Files.write(folder.resolve(name), List.of(lines)), refused::add);
    }

    @Test
    void theR1SearcherLayoutGetsTheFilesNameBeforeItsNumber() throws Exception {
        assertThat(read("stage_1.jsonl", "{\"idx\": 7, \"question\": \"Who?\", \"answer\": \"Ada\"}"))
                .containsExactly(new QuestionDraft("stage_1-7", "Who?", List.of("Ada"), "stage_1.jsonl", "", 0));
    }

    @Test
    void theHotpotLayoutKeepsItsIdAndItsAnswerYes() throws Exception {
        assertThat(read(
                        "h.json",
                        "[",
                        "{\"_id\":\"5a8b\",\"question\":\"Same?\",\"answer\":\"yes\",\"level\":\"hard\"}",
                        "]"))
                .extracting(QuestionDraft::id, QuestionDraft::answers)
                .containsExactly(tuple("5a8b", List.of("yes")));
        assertThat(refused).isEmpty();
    }

    @Test
    void theMusiqueLayoutAddsAliasesAndCountsItsHops() throws Exception {
        String line =
                "{\"id\":\"2hop__1_2\",\"question\":\"Q?\",\"answer\":\"UK\",\"answer_aliases\":[\"Britain\",\"UK\",\" \"],"
                        + "\"answerable\":true,\"question_decomposition\":[{},{}]}";
        assertThat(read("m.jsonl", line))
                .containsExactly(new QuestionDraft("2hop__1_2", "Q?", List.of("UK", "Britain"), "m.jsonl", "", 2));
    }

    @Test
    void theTwoWikiLayoutKeepsItsIdAndIgnoresItsContext() throws Exception {
        String line = "{\"_id\":\"13f5\",\"type\":\"comparison\",\"question\":\"Q?\",\"context\":[[\"T\",[\"s\"]]],"
                + "\"supporting_facts\":[[\"T\",0]],\"evidences\":[[\"a\",\"b\",\"c\"]],\"answer\":\"Ada\"}";
        assertThat(read("dev.json", "[" + line + "]"))
                .containsExactly(new QuestionDraft("13f5", "Q?", List.of("Ada"), "dev.json", "", 0));
    }

    @Test
    void theBamboogleLayoutHasCapitals() throws Exception {
        assertThat(read("bamboogle.json", "[{\"Question\": \"Who?\", \"Answer\": \"james madison\"}]"))
                .containsExactly(new QuestionDraft(
                        "bamboogle-line1", "Who?", List.of("james madison"), "bamboogle.json", "", 0));
    }

    @Test
    void aLayoutThatIsNotKnownIsNamedByItsFields() {
        assertThatThrownBy(() -> read("x.jsonl", "{\"prompt\": \"Q?\", \"target\": \"a\"}"))
                .hasMessageContaining("x.jsonl has no usable question")
                .hasMessageContaining("needs one of question, Question and one of answer,")
                .hasMessageContaining("got prompt, target");
    }

    @Test
    void anEmptyListOfAnswersIsRefusedWithItsLine() throws Exception {
        read("e.jsonl", "{\"question\":\"Q?\",\"answers\":[]}", "{\"question\":\"R?\",\"answers\":[\"a\"]}");
        assertThat(refused).singleElement().satisfies(line -> {
            assertThat(line.line()).isEqualTo(1);
            assertThat(line.cause()).isEqualTo("answer is missing or empty");
        });
    }

    @Test
    void splitAndHopsPassThrough() throws Exception {
        assertThat(read("a.jsonl", "{\"question\":\"Q?\",\"answers\":[\"1\",2],\"split\":\"train\",\"hops\":3}"))
                .containsExactly(new QuestionDraft("a-line1", "Q?", List.of("1", "2"), "a.jsonl", "train", 3));
    }

    @Test
    void badLinesAreReportedWithTheirPlaceAndTheRestGoesOn() throws Exception {
        List<QuestionDraft> drafts = read(
                "bad.jsonl",
                "{\"question\": \"no end",
                "{\"question\":\"  \",\"answer\":\"a\"}",
                "",
                "{\"question\":\"Q?\",\"answer\":\"\"}",
                "[1]",
                "{\"question\":\"" + "x".repeat(QuestionDraft.MAX_TEXT + 1) + "\",\"answer\":\"a\"}",
                "{\"question\":\"Q?\",\"answer\":\"a\",\"answerable\":false}",
                "{\"question\":\"Good?\",\"answer\":true}");
        assertThat(drafts).extracting(QuestionDraft::text).containsExactly("Good?");
        assertThat(refused).extracting(RefusedLine::line).containsExactly(1L, 2L, 4L, 5L, 6L, 7L);
        assertThat(refused.get(4).cause()).contains("at most 4000 characters, got 4001");
        assertThat(refused.get(0).toString()).startsWith(folder.resolve("bad.jsonl") + ":1: not JSON");
    }

    @Test
    void bytesThatAreNoUtf8AreRefusedAndAByteOrderMarkIsNot() throws Exception {
        byte[] good = "\uFEFF{\"question\":\"Q?\",\"answer\":\"a\"}\n".getBytes(StandardCharsets.UTF_8);
        byte[] bad = "{\"question\":\"caf\u00e9\",\"answer\":\"a\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] both = new byte[good.length + bad.length];
        System.arraycopy(good, 0, both, 0, good.length);
        System.arraycopy(bad, 0, both, good.length, bad.length);
        Path file = Files.write(folder.resolve("latin.jsonl"), both);
        assertThat(QuestionFile.read(file, refused::add)).hasSize(1);
        assertThat(refused).extracting(RefusedLine::cause).containsExactly("not UTF-8");
    }

    @Test
    void anArrayIsReadUpToItsSyntaxError() throws Exception {
        List<QuestionDraft> drafts = read(
                "a.json", "[{\"question\":\"Q?\",\"answer\":\"a\"},", "{\"question\":\"R?\"},", "{\"question\" oops");
        assertThat(drafts).hasSize(1);
        assertThat(refused).extracting(RefusedLine::line).containsExactly(2L, 3L);
    }

    @Test
    void repeatedIdsAreMadeUnique() throws Exception {
        String line = "{\"id\":\"x\",\"question\":\"Q?\",\"answer\":\"a\"}";
        String taken = "{\"id\":\"x~2\",\"question\":\"Q?\",\"answer\":\"a\"}";
        assertThat(read("d.jsonl", line, taken, line, line))
                .extracting(QuestionDraft::id)
                .containsExactly("x", "x~2", "x~3", "x~4");
    }

    @Test
    void aFileWithoutAnyQuestionIsAnErrorThatNamesTheFirstRefusal() {
        assertThatThrownBy(() -> read("none.jsonl", "nothing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.jsonl")
                .hasMessageContaining(":1: not JSON");
        assertThatThrownBy(() -> read("empty.jsonl")).hasMessageContaining("it is empty");
        assertThatThrownBy(() -> QuestionFile.read(folder.resolve("absent"), refused::add))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void everyPublishedTrainingQuestionIsUsable() {
        Path file = Path.of(System.getProperty("seine.shared", "")).resolve("data/r1-searcher/train/stage_2.jsonl");
        Assumptions.assumeTrue(Files.exists(file), "no shared data: " + file);
        assertThat(QuestionFile.read(file, refused::add)).hasSize(8148);
        assertThat(refused).isEmpty();
    }
}
