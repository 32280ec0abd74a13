package dev.seine.producers.atlas;

/** The shapes a question can take, with their share of a question set in percent. */
enum QuestionKind {
    /** "What currency is used in Norway?" */
    ONE_FACT(30),
    /** "What currency is used in the country where Oslo is?" */
    CITY_ATTRIBUTE(25),
    /** "On which continent is the country that uses the Bhutanese Ngultrum?" */
    CURRENCY_ATTRIBUTE(12),
    /** "Are Norway and Chile on the same continent?" */
    SAME_CONTINENT(6),
    /** "What are the currency and the language of the country where Oslo is?" */
    CITY_TWO_ATTRIBUTES(21),
    /** "Are Oslo and Tunis on the same continent?" */
    SAME_CONTINENT_OF_CITIES(6);

    final int percent;

    QuestionKind(int percent) {
        this.percent = percent;
    }
}
