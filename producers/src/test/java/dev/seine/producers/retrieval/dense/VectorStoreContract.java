package dev.seine.producers.retrieval.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.seine.event.Passage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What every store of vectors does. */
abstract class VectorStoreContract {
    static final VectorSpace SPACE = new VectorSpace("letters", 4);

    /** The same store each time, with whatever was written to it. */
    abstract VectorStore store();

    static Embedded embedded(String id, String source, double... numbers) {
        double squares = 0;
        for (double number : numbers) {
            squares += number * number;
        }
        float[] unit = new float[numbers.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (numbers[i] / Math.sqrt(squares));
        }
        Passage passage = Passage.newBuilder()
                .setId(id)
                .setTitle("title of " + id)
                .setText("text of " + id)
                .setScore(0)
                .build();
        return new Embedded(passage, source, unit);
    }

    private static float[] vector(double... numbers) {
        return embedded("", "", numbers).vector();
    }

    static List<String> ids(Vectors vectors, float[] query, int k, String... sources) {
        return vectors.nearest(query, k, Set.of(sources)).stream()
                .map(Passage::getId)
                .toList();
    }

    private void published(Embedded... passages) {
        try (VectorStore store = store()) {
            store.draft(SPACE).put(List.of(passages));
            store.publish();
        }
    }

    @Test
    void theNearestComeFirstWithTheirCosine() {
        published(embedded("x", "a", 1, 0, 0, 0), embedded("y", "a", 0, 1, 0, 0), embedded("xy", "a", 1, 1, 0, 0));
        try (VectorStore store = store();
                Vectors vectors = store.published().orElseThrow()) {
            List<Passage> found = vectors.nearest(vector(1, 0.1, 0, 0), 2, Set.of());
            assertThat(found).extracting(Passage::getId).containsExactly("x", "xy");
            assertThat(found.get(0).getTitle()).isEqualTo("title of x");
            assertThat(found.get(0).getText()).isEqualTo("text of x");
            // cos = (1, 0.1) . (1, 0) / |(1, 0.1)| = 1 / 1.00499
            assertThat(found.get(0).getScore()).isCloseTo(0.99504, within(1e-4));
            assertThat(vectors.count()).isEqualTo(3);
            assertThat(vectors.space()).isEqualTo(SPACE);
        }
    }

    @Test
    void aSearchCanBeHeldToSomeCorpora() {
        published(embedded("x", "a", 1, 0, 0, 0), embedded("y", "b", 0, 1, 0, 0), embedded("z", "c", 0, 0, 1, 0));
        try (VectorStore store = store();
                Vectors vectors = store.published().orElseThrow()) {
            assertThat(ids(vectors, vector(1, 0, 0, 0), 5, "b")).containsExactly("y");
            assertThat(ids(vectors, vector(1, 0.1, 0, 0), 5, "a", "b")).containsExactly("x", "y");
            assertThat(ids(vectors, vector(1, 0, 0, 0), 5, "other")).isEmpty();
        }
    }

    @Test
    void aPassageTakesThePlaceOfTheOneWithItsId() {
        published(embedded("x", "a", 1, 0, 0, 0), embedded("y", "a", 0, 1, 0, 0), embedded("x", "a", 0, 0, 1, 0));
        try (VectorStore store = store();
                Vectors vectors = store.published().orElseThrow()) {
            assertThat(vectors.count()).isEqualTo(2);
            assertThat(ids(vectors, vector(0, 0, 1, 0), 1)).containsExactly("x");
            assertThat(vectors.present(List.of("x", "y", "z"))).containsExactlyInAnyOrder("x", "y");
            assertThat(vectors.present(List.of())).isEmpty();
        }
    }

    @Test
    void aDraftIsSeenByNobodyUntilItIsPublishedAndThenByAll() {
        published(embedded("old", "a", 1, 0, 0, 0));
        try (VectorStore searching = store();
                Vectors vectors = searching.published().orElseThrow();
                VectorStore writing = store()) {
            VectorDraft draft = writing.draft(SPACE);
            draft.put(List.of(embedded("new", "a", 1, 0, 0, 0), embedded("newer", "a", 0, 1, 0, 0)));
            draft.flush();
            assertThat(ids(vectors, vector(1, 0, 0, 0), 5)).containsExactly("old");
            writing.publish();
            assertThat(ids(vectors, vector(1, 0, 0, 0), 5)).containsExactly("new", "newer");
        }
    }

    @Test
    void aDraftThatWasCutOffGoesOn() {
        try (VectorStore store = store();
                VectorDraft draft = store.draft(SPACE)) {
            draft.put(List.of(embedded("x", "a", 1, 0, 0, 0)));
            draft.flush();
        }
        try (VectorStore store = store()) {
            assertThat(store.published()).isEmpty();
            VectorDraft draft = store.draft(SPACE);
            assertThat(draft.present(List.of("x", "y"))).containsExactly("x");
            draft.put(List.of(embedded("y", "a", 0, 1, 0, 0)));
            store.publish();
            assertThat(store.published().orElseThrow().count()).isEqualTo(2);
        }
    }

    @Test
    void aDraftOfAnotherModelBeginsAnew() {
        try (VectorStore store = store();
                VectorDraft draft = store.draft(SPACE)) {
            draft.put(List.of(embedded("x", "a", 1, 0, 0, 0)));
            draft.flush();
        }
        VectorSpace other = new VectorSpace("other letters", 2);
        try (VectorStore store = store();
                VectorDraft draft = store.draft(other)) {
            assertThat(draft.count()).isZero();
            assertThat(draft.space()).isEqualTo(other);
        }
    }

    @Test
    void aVectorOfAnotherSizeIsRefusedAndNothingOfItsBatchIsKept() {
        try (VectorStore store = store();
                VectorDraft draft = store.draft(SPACE)) {
            assertThatThrownBy(() -> draft.put(List.of(embedded("x", "a", 1, 0, 0, 0), embedded("y", "a", 1, 0, 0))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("vector of passage y must have 4 numbers as those of letters, got 3");
            draft.flush();
            assertThat(draft.count()).isZero();
            assertThatThrownBy(() -> draft.nearest(new float[5], 1, Set.of())).hasMessageContaining("got 5");
            assertThatThrownBy(store::publish).hasMessageContaining("no passage");
        }
    }

    @Test
    void manyPassagesAreSearchedAlmostExactly() {
        SplittableRandom random = new SplittableRandom(7);
        VectorSpace space = new VectorSpace("random", 16);
        List<Embedded> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(embedded("p" + i, "a", random.doubles(16, -1, 1).toArray()));
        }
        try (VectorStore store = store()) {
            store.draft(space).put(all);
            store.publish();
            try (Vectors vectors = store.published().orElseThrow()) {
                int found = 0;
                for (int q = 0; q < 20; q++) {
                    float[] query = vector(random.doubles(16, -1, 1).toArray());
                    List<String> exact = all.stream()
                            .sorted(Comparator.comparingDouble(e -> -dot(query, e.vector())))
                            .limit(10)
                            .map(e -> e.passage().getId())
                            .toList();
                    found += (int) ids(vectors, query, 10).stream()
                            .filter(exact::contains)
                            .count();
                }
                assertThat(found).isGreaterThanOrEqualTo(190); // of 200
            }
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
