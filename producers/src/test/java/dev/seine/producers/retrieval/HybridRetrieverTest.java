package dev.seine.producers.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.seine.event.Passage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HybridRetrieverTest {
    private static Retriever finds(String... ids) {
        return (query, k) -> Arrays.stream(ids)
                .limit(k)
                .map(id -> Bm25RetrieverTest.passage(id, id, "text of " + id))
                .toList();
    }

    private static HybridRetriever.Part part(double weight, String... ids) {
        return new HybridRetriever.Part(finds(ids), weight);
    }

    @Test
    void aPassageOfBothListsComesBeforeTheFirstOfEach() {
        List<Passage> fused = new HybridRetriever(List.of(part(1, "a", "b"), part(1, "c", "b")), 10).search("q", 3);
        // b: 1/62 + 1/62 = 0.0323; a and c: 1/61 = 0.0164, and a is of the earlier list.
        assertThat(fused).extracting(Passage::getId).containsExactly("b", "a", "c");
        assertThat(fused.get(0).getScore()).isCloseTo(2.0 / 62, within(1e-9));
        assertThat(fused.get(1).getScore()).isCloseTo(1.0 / 61, within(1e-9));
    }

    @Test
    void weightsSayWhichListIsTrustedMore() {
        // c: 0.5/61 = 0.0082 is below b: 1/62 = 0.0161.
        assertThat(new HybridRetriever(List.of(part(1, "a", "b"), part(0.5, "c")), 10).search("q", 2))
                .extracting(Passage::getId)
                .containsExactly("a", "b");
    }

    @Test
    void eachListIsAskedForMoreThanIsWanted() {
        HybridRetriever deep = new HybridRetriever(List.of(part(1, "a", "b", "z"), part(1, "c", "d", "z")), 3);
        HybridRetriever shallow = new HybridRetriever(List.of(part(1, "a", "b", "z"), part(1, "c", "d", "z")), 1);
        assertThat(deep.search("q", 1)).extracting(Passage::getId).containsExactly("z");
        assertThat(shallow.search("q", 1)).extracting(Passage::getId).containsExactly("a");
    }

    @Test
    void aRerankerOrdersWhatWasFound() {
        Reranker byId = (query, passages) -> passages.stream()
                .sorted(Comparator.comparing(Passage::getId).reversed())
                .toList();
        assertThat(byId.over(finds("a", "c", "b", "d"), 3).search("q", 2))
                .extracting(Passage::getId)
                .containsExactly("c", "b");
    }
}
