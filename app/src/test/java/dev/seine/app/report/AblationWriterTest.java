package dev.seine.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AblationWriterTest {
    @TempDir
    private Path dir;

    private static ArmRun run(String arm, long seed, int recipe, Answered... answers) {
        return new ArmRun(
                arm,
                seed,
                "start-1",
                FakeRun.data().recipes().get(recipe),
                List.of(answers),
                List.of(new GroupStudy(10, 6, 2, 3, 20, 5, 60, 45), GroupStudy.NONE, GroupStudy.NONE));
    }

    private static AblationData data() {
        Map<String, String> arms = new LinkedHashMap<>();
        arms.put("plus", "the method");
        arms.put("vanilla", "<less>");
        arms.put("later", "not run yet");
        return new AblationData(
                "Parts",
                arms,
                List.of(
                        run("plus", 1, 0, new Answered("a", "q1", false, 0), new Answered("a", "q2", true, 1)),
                        run("vanilla", 1, 1, new Answered("a", "q1", true, 2), new Answered("a", "q2", true, 2)),
                        run("plus", 2, 1)),
                FakeRun.data().run().machine());
    }

    @Test
    void theMeanAndSampleDeviationOfOneTwoAndThreeAreTwoAndOne() {
        // ((1-2)^2 + 0 + (3-2)^2) / (3 - 1) = 1
        assertThat(Spread.of(List.of(1.0, 2.0, 3.0, Double.NaN))).isEqualTo(new Spread(3, 2, 1));
        assertThat(Spread.of(List.of(0.5)).deviation()).isZero();
    }

    @Test
    void aFinishedRunReadsBackAsItWasSaved() {
        ArmRun run = run("plus", 1, 0, new Answered("a", "q1", true, 2));
        AblationWriter.save(run, dir.resolve("finished.json"));
        assertThat(AblationWriter.read(dir.resolve("finished.json"))).isEqualTo(run);
        assertThat(dir.resolve("finished.json.part")).doesNotExist();
    }

    @Test
    void theReportHasTablesPlotsAndFiguresByArmAndSeed() throws Exception {
        Path page = AblationWriter.write(data(), dir);
        assertThat(page).content().contains("vanilla", "&lt;less&gt;", "Memory probe", "not run yet");
        assertThat(dir.resolve("curves/accuracy.png")).isNotEmptyFile();
        assertThat(dir.resolve("curves/accuracy-searches.png")).isNotEmptyFile();
        List<String> csv = Files.readAllLines(dir.resolve("arms.csv"));
        assertThat(csv.get(0)).isEqualTo("arm,seed,metric,value");
        assertThat(csv).contains("plus,1,mixed groups,6.0");
        assertThat(Files.readAllLines(dir.resolve("curves.csv"))).hasSizeGreaterThan(1000);
        assertThat(dir.resolve("report.json")).content().contains("\"summary\"", "\"trades\"");
    }

    @Test
    void anArmsFiguresAreTheMeanOverItsSeeds() {
        Spread searches = data().summary().get("plus").get("all searches");
        double first = FakeRun.data().recipes().get(0).totalAfter().searches();
        double second = FakeRun.data().recipes().get(1).totalAfter().searches();
        assertThat(searches.n()).isEqualTo(2);
        assertThat(searches.mean()).isCloseTo((first + second) / 2, within(1e-12));
    }

    @Test
    void questionsArePairedBetweenAnArmAndTheFirst() {
        // q1: plus is wrong with 0 searches, vanilla right with 2; q2: both right, vanilla with one more.
        SearchTrade trade = data().trades().get("vanilla");
        assertThat(trade).isEqualTo(new SearchTrade(2, 0, 0, 0, 1, 1));
        assertThat(SearchTrade.of(
                        List.of(new Answered("a", "q1", false, 0), new Answered("b", "q2", true, 1)),
                        List.of(new Answered("a", "q1", true, 2), new Answered("a", "q2", true, 9))))
                .isEqualTo(new SearchTrade(1, 1, 0, 0, 0, 0));
    }
}
