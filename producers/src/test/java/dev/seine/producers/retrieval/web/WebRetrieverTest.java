package dev.seine.producers.retrieval.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.producers.retrieval.SearchUnavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebRetrieverTest {
    private static final String ARTICLE = "<html><head><title>Norway</title><script>var evil = 1;</script></head><body>"
            + "<nav><a href='/'>Home</a> <a href='/login'>Log in</a></nav><article><h1>Norway</h1>"
            + "<p>Norway is a country in northern Europe, and its long coast has many deep fjords, islands and harbours.</p>"
            + "<p>" + "The weather changes often in the mountains. ".repeat(20) + "</p>"
            + "<p>The currency of Norway is the krone, which has been its money since 1875, when it took the place of the speciedaler.</p>"
            + "</article><footer>All rights reserved</footer></body></html>";

    private final LoopbackWeb web;

    WebRetrieverTest() throws IOException {
        web = new LoopbackWeb();
    }

    @AfterEach
    void stop() {
        web.close();
    }

    private WebConfig config(boolean privateAddresses, int maxPageBytes, Duration timeout) {
        return new WebConfig(
                web.url("/search"),
                "q",
                List.of("format=json"),
                "X-Key",
                "results",
                "url",
                "title",
                "content",
                true,
                privateAddresses,
                maxPageBytes,
                timeout,
                4);
    }

    private Retriever retriever() {
        return new WebRetriever(config(true, 1_000_000, Duration.ofSeconds(10)), Optional.empty(), Optional.empty());
    }

    private List<Passage> search(String query, int k) {
        try (Retriever retriever = retriever()) {
            return retriever.search(query, k);
        }
    }

    @Test
    void thePartOfThePageThatFitsIsThePassage() {
        web.page("/norway", "text/html; charset=utf-8", ARTICLE);
        web.found(web.url("/norway"));
        Passage passage = search("currency of Norway", 3).get(0);
        assertThat(passage.getId()).isEqualTo(web.url("/norway"));
        assertThat(passage.getTitle()).isEqualTo("A title");
        assertThat(passage.getText()).contains("krone").doesNotContain("<", "evil", "Log in", "All rights reserved");
        assertThat(passage.getText().split(" ", -1)).hasSizeLessThanOrEqualTo(100);
        assertThat(web.asked).contains("/search?q=currency%20of%20Norway&format=json");
    }

    @Test
    void noMoreResultsAreFetchedThanAreWanted() {
        web.page("/a", "text/plain", "Plain text about a.");
        web.found(web.url("/a"), web.url("/b"), web.url("/c"));
        assertThat(search("a", 1)).extracting(Passage::getText).containsExactly("Plain text about a.");
        assertThat(web.asked).hasSize(2);
    }

    @Test
    void aSummaryTakesThePlaceOfThePage() {
        web.page("/norway", "text/html", ARTICLE);
        web.found(web.url("/norway"));
        Summary summary = (query, page) -> query + ": " + page.contains("krone");
        try (Retriever retriever = new WebRetriever(
                config(true, 1_000_000, Duration.ofSeconds(10)), Optional.empty(), Optional.of(summary))) {
            assertThat(retriever.search("money", 1))
                    .extracting(Passage::getText)
                    .containsExactly("money: true");
        }
    }

    @Test
    void aPageThatCannotBeHadLeavesItsSnippet() {
        web.page("/picture", "image/png", "PNG");
        web.pages.put("/broken", new LoopbackWeb.Served(500, "text/html", new byte[0], 1, Map.of()));
        web.found(web.url("/picture"), web.url("/broken"), web.url("/missing"), "ftp://127.0.0.1/x", "http://");
        assertThat(search("anything", 5))
                .hasSize(5)
                .extracting(Passage::getText)
                .containsOnly("A snippet.");
    }

    @Test
    void ofAPageOfAGigabyteOnlyTheBoundIsRead() {
        byte[] mebibyte = "word ".repeat(209_715).concat("end ").getBytes(StandardCharsets.US_ASCII);
        web.pages.put("/huge", new LoopbackWeb.Served(200, "text/plain", mebibyte, 1_024, Map.of()));
        web.found(web.url("/huge"));
        assertThat(search("word", 1).get(0).getText()).startsWith("word word");
        // The server notices that nobody reads on.
        await().until(() -> web.asked.contains("cut /huge"));
    }

    @Test
    void aPageThatDoesNotComeInTimeIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Retriever retriever = new WebRetriever(
                        config(true, 1_000, Duration.ofMillis(500)), Optional.empty(), Optional.empty())) {
            web.found("http://127.0.0.1:" + silent.getLocalPort() + "/");
            assertThat(retriever.search("x", 1)).extracting(Passage::getText).containsExactly("A snippet.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:%d/secret", "http://localhost:%d/secret", "http://[::1]:%d/secret"})
    void pagesOfThisMachineAreNotFetchedUnlessAllowed(String url) {
        web.page("/secret", "text/plain", "Secret of the house.");
        int port = Integer.parseInt(web.url("").replaceAll(".*:", ""));
        web.found(url.formatted(port));
        try (Retriever retriever =
                new WebRetriever(config(false, 1_000, Duration.ofSeconds(5)), Optional.empty(), Optional.empty())) {
            assertThat(retriever.search("secret", 1))
                    .extracting(Passage::getText)
                    .containsExactly("A snippet.");
        }
        assertThat(web.asked).noneMatch(path -> path.contains("secret") && !path.startsWith("/search"));
    }

    @Test
    void aRedirectIsFollowedAndNoMoreThanSoMany() {
        web.page("/there", "text/plain", "Here at last.");
        web.pages.put("/here", new LoopbackWeb.Served(302, "text/plain", new byte[0], 1, Map.of("Location", "/there")));
        web.pages.put("/loop", new LoopbackWeb.Served(302, "text/plain", new byte[0], 1, Map.of("Location", "/loop")));
        web.found(web.url("/here"), web.url("/loop"));
        assertThat(search("last", 2)).extracting(Passage::getText).containsExactly("Here at last.", "A snippet.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "198.18.0.1",
                "192.0.2.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "::ffff:10.0.0.1",
                "2002:7f00:1::",
                "64:ff9b::a00:1",
                "2001:db8::1",
                "ff02::1"
            })
    void privateAndSpecialAddressesAreNotPublic(String address) throws IOException {
        assertThat(Addresses.isPublic(InetAddress.getAllByName(address)[0])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2002:808:808::"})
    void addressesOfTheInternetArePublic(String address) throws IOException {
        assertThat(Addresses.isPublic(InetAddress.getAllByName(address)[0])).isTrue();
    }

    @Test
    void theKeyGoesIntoItsHeaderAndNowhereElse() {
        web.page("/norway", "text/html", ARTICLE);
        web.found(web.url("/norway"));
        try (Retriever retriever = new WebRetriever(
                config(true, 1_000_000, Duration.ofSeconds(10)), Optional.of("the-key"), Optional.empty())) {
            retriever.search("money", 1);
        }
        assertThat(web.headers.get(0).getFirst("X-Key")).isEqualTo("the-key");
        assertThat(web.headers.get(1).values().toString()).doesNotContain("the-key");
        assertThat(web.asked.toString()).doesNotContain("the-key");
    }

    @Test
    void anEngineThatIsAwayIsUnavailableAndOneThatRefusesAnError() {
        web.pages.put("/search", new LoopbackWeb.Served(503, "text/plain", new byte[0], 1, Map.of()));
        assertThatThrownBy(() -> search("x", 1))
                .isInstanceOf(SearchUnavailable.class)
                .hasMessageContaining("/search answered 503");
        web.pages.put("/search", new LoopbackWeb.Served(403, "text/plain", new byte[0], 1, Map.of()));
        assertThatThrownBy(() -> search("x", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("answered 403");
        web.results("<html>no JSON</html>");
        assertThatThrownBy(() -> search("x", 1)).hasMessageContaining("did not answer in JSON");
        web.results("{\"other\":[]}");
        assertThatThrownBy(() -> search("x", 1)).hasMessageContaining("retrieve.web.results");
        web.close();
        assertThatThrownBy(() -> search("x", 1)).isInstanceOf(SearchUnavailable.class);
    }

    @Test
    void aPageOfTenThousandNestedTagsHarmsNobody() {
        web.page("/deep", "text/html", "<div>".repeat(10_000) + "deep down" + "</div>".repeat(10_000));
        web.found(web.url("/deep"));
        assertThat(search("deep", 1)).extracting(Passage::getText).containsAnyOf("deep down", "A snippet.");
    }
}
