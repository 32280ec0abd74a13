package dev.seine.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    @TempDir
    private static Path folder;

    private static String page;
    private static JsonNode json;

    @BeforeAll
    static void write() throws Exception {
        Path index = ReportWriter.write(FakeRun.data(), folder.resolve("report"));
        page = Files.readString(index);
        json = new ObjectMapper().readTree(folder.resolve("report/report.json").toFile());
    }

    @Test
    void everyFigureIsInTheJson() {
        JsonNode recipe = json.path("recipes").path(0);

        assertThat(json.path("run").path("id").asText()).isEqualTo("20261120-1802");
        assertThat(json.path("run").path("started").asText()).isEqualTo("2026-11-20T18:02:11Z");
        assertThat(json.path("run").path("machine").path("cores").asInt()).isEqualTo(2);
        assertThat(json.path("config").asText()).contains("group-size = 16");
        assertThat(recipe.path("after").path(0).path("accuracy").asDouble()).isEqualTo(0.93);
        assertThat(recipe.path("recallAfter").path(0).path("accuracy").asDouble())
                .isEqualTo(0.71);
        assertThat(recipe.path("curves").path(0).path("values")).hasSize(200);
        assertThat(recipe.path("throughput").path("stepsPerMinute").asDouble()).isEqualTo(46.2);
        assertThat(recipe.path("accounting").path("exact").asBoolean()).isTrue();
        assertThat(recipe.path("memory").path("peakResidentBytes").asLong()).isEqualTo(2_415_919_104L);
        assertThat(recipe.path("examplesAfter")
                        .path(0)
                        .path("segments")
                        .path(0)
                        .path("kind")
                        .asText())
                .isEqualTo("INTERNAL");
        // Known 300 at 0.93, unseen 100 at 0.88; rows of one hop count are part of them: (279 + 88) / 400.
        assertThat(recipe.path("totalAfter").path("accuracy").asDouble()).isEqualTo(0.9175, offset(1e-9));
        // Searches of all: 1.1 * 0.75 + 1.7 * 0.25 = 1.25 against 2.0 * 0.75 + 2.6 * 0.25 = 2.15.
        assertThat(json.path("comparisons").path(0).path("fewerSearches").asDouble())
                .isEqualTo(1 - 1.25 / 2.15, offset(1e-9));
    }

    @Test
    void textCannotBecomeMarkup() {
        assertThat(page)
                .doesNotContain("<script>")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("the &lt;country&gt; whose &quot;main&quot; city is Reykjavik &amp; no other?");
    }

    @Test
    void pageNeedsNothingElse() {
        assertThat(page)
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain("<link")
                .doesNotContain("url(")
                .contains("default-src &#39;none&#39;")
                .contains("data:image/png;base64,");
    }

    @Test
    void tablesHaveCaptionsAndHeaders() {
        assertThat(page)
                .contains("<caption>Evaluation of r1-searcher-plus, before → after reinforcement learning</caption>")
                .contains("<th scope=\"col\">Searches</th>")
                .contains("<th scope=\"row\">atlas, known, 2 hops</th>");
    }

    @Test
    void everyCurveIsAPicture() throws Exception {
        for (Iterator<JsonNode> i = json.path("recipes").path(0).path("curves").elements(); i.hasNext(); ) {
            String name = i.next().path("name").asText();
            Path picture = folder.resolve("report/curves/" + name + ".png");
            assertThat(ImageIO.read(picture.toFile()).getWidth()).as(name).isEqualTo(1280);
        }
    }

    @Test
    void folderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> ReportWriter.write(FakeRun.data(), file))
                .withMessageContaining(file.toString());
    }
}
