package dev.seine.producers.atlas;

/** What a fact says of its subject; how it is asked for, looked up and stated. {@code %s} stands for the subject. */
public enum Relation {
    COUNTRY("In which country is %s?", "country of %s", "%s is in %s.", ""),
    CURRENCY("What currency is used in %s?", "currency of %s", "The currency of %s is the %s.", "currency"),
    CONTINENT("On which continent is %s?", "continent of %s", "%s is on the continent of %s.", "continent"),
    REGION("In which region is %s?", "region of %s", "%s is in the region of %s.", "region"),
    LANGUAGE("What is the main language of %s?", "language of %s", "The main language of %s is %s.", "language"),
    WEEK(
            "On which day does the week start in %s?",
            "week in %s", "The week in %s starts on %s.", "first day of the week");

    private final String question;
    private final String query;
    private final String sentence;
    private final String noun;

    Relation(String question, String query, String sentence, String noun) {
        this.question = question;
        this.query = query;
        this.sentence = sentence;
        this.noun = noun;
    }

    /** The question that asks for the object of this relation, for a subject or a description of one. */
    public String question(String subject) {
        return question.formatted(subject);
    }

    /** A search query that finds the passage. */
    public String query(String subject) {
        return query.formatted(subject);
    }

    /** The sentence that states the fact. */
    public String sentence(String subject, String object) {
        return sentence.formatted(subject, object);
    }

    /** The relation as a noun, as in "the currency and the language of"; empty for {@link #COUNTRY}. */
    public String noun() {
        return noun;
    }

    /** Whether the subject is a country (else it is a city). */
    public boolean ofCountry() {
        return this != COUNTRY;
    }
}
