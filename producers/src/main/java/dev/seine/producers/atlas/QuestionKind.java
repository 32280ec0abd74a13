package dev.seine.producers.atlas;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/** The shapes a question can take, with their share of a question set in percent and the facts one has to look up for it. */
enum QuestionKind {
    /** "What currency is used in Norway?" */
    ONE_FACT(30, 1),
    /** "What currency is used in the country where Oslo is?" */
    CITY_ATTRIBUTE(25, 2),
    /** "On which continent is the country that uses the Bhutanese Ngultrum?" */
    CURRENCY_ATTRIBUTE(12, 2),
    /** "Are Norway and Chile on the same continent?" */
    SAME_CONTINENT(6, 2),
    /** "What are the currency and the language of the country where Oslo is?" */
    CITY_TWO_ATTRIBUTES(21, 3),
    /** "Are Oslo and Tunis on the same continent?" */
    SAME_CONTINENT_OF_CITIES(6, 4);

    private final int percent;
    private final int lookups;

    QuestionKind(int percent, int lookups) {
        this.percent = percent;
        this.lookups = lookups;
    }

    /** How many facts one has to look up for it. */
    int lookups() {
        return lookups;
    }

    /** One of them, by its share of a question set. */
    static QuestionKind draw(SplittableRandom random) {
        return draw(random, kind -> kind.percent);
    }

    /** One of them, by its share of all the looking up that a question set asks for: long questions take more practice. */
    static QuestionKind drawByLookups(SplittableRandom random) {
        return draw(random, kind -> kind.percent * kind.lookups);
    }

    private static QuestionKind draw(SplittableRandom random, ToIntFunction<QuestionKind> weight) {
        int roll = random.nextInt(Arrays.stream(values()).mapToInt(weight).sum());
        for (QuestionKind kind : values()) {
            roll -= weight.applyAsInt(kind);
            if (roll < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("a roll of " + roll + " is beyond all kinds");
    }
}
