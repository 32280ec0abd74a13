package dev.seine.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void textAndAttributesAreEscaped() {
        String document =
                new Html().element("p", "a < b & \"c\"", "title", "'x' > y").document();

        assertThat(document).contains("<p title=\"&#39;x&#39; &gt; y\">a &lt; b &amp; &quot;c&quot;</p>");
    }

    @Test
    void charactersThatHideOrReorderTextAreReplaced() {
        assertThat(new Html().text("a\u0000b\u202Ec\u2066d\nÅ \uD83C\uDF0A").document())
                .endsWith("a\uFFFDb\uFFFDc\uFFFDd\nÅ \uD83C\uDF0A\n");
    }

    @Test
    void openElementIsFound() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new Html().open("p").document())
                .withMessage("elements left open: [p]");
    }
}
