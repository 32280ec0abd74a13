package dev.seine.producers.atlas;

import dev.seine.producers.atlas.AtlasQuestion.Lookup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Draws questions about the world. A question's text decides whether it is held out, so a question that was drawn for
 * training in one run is never an evaluation question in another.
 */
public final class AtlasQuestions {
    private static final int HELD_OUT_QUESTION_PERCENT = 15;
    /** Of so many questions drawn for training one is taken. */
    private static final int CANDIDATES = 32;

    static final List<Relation> RELATIONS = List.of(Relation.values());
    private static final List<Relation> ATTRIBUTES =
            List.of(Relation.CURRENCY, Relation.CONTINENT, Relation.REGION, Relation.LANGUAGE, Relation.WEEK);

    private final AtlasWorld world;
    private final List<String> countries;
    private final List<String> cities;
    private final Map<String, Fact> currencies;
    private final List<String> currencyNames;

    /** Questions about this world. */
    public AtlasQuestions(AtlasWorld world) {
        this.world = world;
        this.countries = world.countries();
        this.cities = world.cities();
        this.currencies = world.uniqueCurrencies();
        this.currencyNames = List.copyOf(currencies.keySet());
    }

    /**
     * Distinct questions for training: no held-out entity, no held-out question. They ask for all facts about equally often, since a policy
     * does not know what it was never asked, nor that it does not know it.
     */
    public List<AtlasQuestion> training(int count, SplittableRandom random) {
        Map<Fact, Integer> asked = new HashMap<>();
        return distinct(count, seen -> {
            QuestionKind kind = QuestionKind.draw(random);
            Optional<AtlasQuestion> rarest = Stream.generate(() -> draw(kind, random))
                    .limit(CANDIDATES)
                    .flatMap(Optional::stream)
                    .filter(question -> forTraining(question) && !seen.contains(question.text()))
                    .min(Comparator.comparingInt(question -> question.lookups().stream()
                            .mapToInt(lookup -> asked.getOrDefault(lookup.fact(), 0))
                            .min()
                            .orElseThrow()));
            rarest.ifPresent(
                    question -> question.lookups().forEach(lookup -> asked.merge(lookup.fact(), 1, Integer::sum)));
            return rarest;
        });
    }

    /** One question for training: no held-out entity, no held-out question. */
    AtlasQuestion trainingQuestion(SplittableRandom random) {
        while (true) {
            Optional<AtlasQuestion> question = draw(random).filter(AtlasQuestions::forTraining);
            if (question.isPresent()) {
                return question.get();
            }
        }
    }

    /** Distinct questions about known entities that are never asked in training. */
    public List<AtlasQuestion> heldOutQuestions(int count, SplittableRandom random) {
        return distinct(count, seen -> draw(random).filter(q -> q.trainable() && heldOutQuestion(q)));
    }

    /** Distinct questions about entities whose facts never occur in training. */
    public List<AtlasQuestion> heldOutEntities(int count, SplittableRandom random) {
        return distinct(count, seen -> draw(random).filter(AtlasQuestion::heldOutEntities));
    }

    private static boolean forTraining(AtlasQuestion question) {
        return question.trainable() && !heldOutQuestion(question);
    }

    static boolean heldOutQuestion(AtlasQuestion question) {
        return AtlasWorld.percentile(question.text()) < HELD_OUT_QUESTION_PERCENT;
    }

    private static List<AtlasQuestion> distinct(int count, Function<Set<String>, Optional<AtlasQuestion>> drawn) {
        List<AtlasQuestion> questions = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        // Rejection sampling; a set that the world cannot fill ends here instead of looping for ever.
        for (int tries = 0; questions.size() < count; tries++) {
            if (tries > 2_000 + 2_000 * count) {
                throw new IllegalArgumentException("the atlas world has not enough questions of this kind: got "
                        + questions.size() + ", wanted " + count);
            }
            drawn.apply(seen).filter(q -> seen.add(q.text())).ifPresent(questions::add);
        }
        return List.copyOf(questions);
    }

    /** One question of any kind and split; empty if the entities drawn lack a needed fact. */
    public Optional<AtlasQuestion> draw(SplittableRandom random) {
        return draw(QuestionKind.draw(random), random);
    }

    /** One question of a kind; empty if the entities drawn lack a needed fact. */
    Optional<AtlasQuestion> draw(QuestionKind kind, SplittableRandom random) {
        return switch (kind) {
            case ONE_FACT -> oneFact(random);
            case CITY_ATTRIBUTE -> cityAttribute(random);
            case CURRENCY_ATTRIBUTE -> currencyAttribute(random);
            case SAME_CONTINENT -> sameContinent(random);
            case CITY_TWO_ATTRIBUTES -> cityTwoAttributes(random);
            case SAME_CONTINENT_OF_CITIES -> sameContinentOfCities(random);
        };
    }

    private Optional<AtlasQuestion> oneFact(SplittableRandom random) {
        Relation relation = pick(RELATIONS, random);
        String subject = pick(relation.ofCountry() ? countries : cities, random);
        return world.fact(relation, subject)
                .map(f -> new AtlasQuestion(relation.question(subject), List.of(Lookup.of(f)), f.object()));
    }

    private Optional<AtlasQuestion> cityAttribute(SplittableRandom random) {
        Fact city = country(pick(cities, random));
        Relation relation = pick(ATTRIBUTES, random);
        return world.fact(relation, city.object())
                .map(f -> new AtlasQuestion(
                        relation.question("the country where " + city.subject() + " is"),
                        List.of(Lookup.of(city), Lookup.of(f)),
                        f.object()));
    }

    private Optional<AtlasQuestion> currencyAttribute(SplittableRandom random) {
        String name = pick(currencyNames, random);
        Fact currency = Objects.requireNonNull(currencies.get(name), name);
        Relation relation = ATTRIBUTES.get(1 + random.nextInt(ATTRIBUTES.size() - 1)); // not the currency itself
        return world.fact(relation, currency.subject())
                .map(f -> new AtlasQuestion(
                        relation.question("the country that uses the " + currency.object()),
                        List.of(Lookup.reverse(currency), Lookup.of(f)),
                        f.object()));
    }

    private Optional<AtlasQuestion> sameContinent(SplittableRandom random) {
        Optional<Fact> one = world.fact(Relation.CONTINENT, pick(countries, random));
        Optional<Fact> two = world.fact(Relation.CONTINENT, pick(countries, random));
        if (one.isEmpty() || two.isEmpty() || one.equals(two) || unbalanced(one.get(), two.get(), random)) {
            return Optional.empty();
        }
        return Optional.of(new AtlasQuestion(
                "Are " + one.get().subject() + " and " + two.get().subject() + " on the same continent?",
                List.of(Lookup.of(one.get()), Lookup.of(two.get())),
                yesNo(one.get(), two.get())));
    }

    private Optional<AtlasQuestion> cityTwoAttributes(SplittableRandom random) {
        Fact city = country(pick(cities, random));
        Relation first = pick(ATTRIBUTES, random);
        Relation second = pick(ATTRIBUTES, random);
        Optional<Fact> one = world.fact(first, city.object());
        Optional<Fact> two = world.fact(second, city.object());
        if (first == second || one.isEmpty() || two.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new AtlasQuestion(
                "What are the " + first.noun() + " and the " + second.noun() + " of the country where " + city.subject()
                        + " is?",
                List.of(Lookup.of(city), Lookup.of(one.get()), Lookup.of(two.get())),
                one.get().object() + " and " + two.get().object()));
    }

    private Optional<AtlasQuestion> sameContinentOfCities(SplittableRandom random) {
        Fact here = country(pick(cities, random));
        Fact there = country(pick(cities, random));
        Optional<Fact> one = world.fact(Relation.CONTINENT, here.object());
        Optional<Fact> two = world.fact(Relation.CONTINENT, there.object());
        if (here.object().equals(there.object())
                || one.isEmpty()
                || two.isEmpty()
                || unbalanced(one.get(), two.get(), random)) {
            return Optional.empty();
        }
        return Optional.of(new AtlasQuestion(
                "Are " + here.subject() + " and " + there.subject() + " on the same continent?",
                List.of(Lookup.of(here), Lookup.of(one.get()), Lookup.of(there), Lookup.of(two.get())),
                yesNo(one.get(), two.get())));
    }

    /** Drops "no" pairs until both answers are about as frequent: of random pairs about a fifth share a continent. */
    private static boolean unbalanced(Fact one, Fact two, SplittableRandom random) {
        return !one.object().equals(two.object()) && random.nextInt(4) != 0;
    }

    private static String yesNo(Fact one, Fact two) {
        return one.object().equals(two.object()) ? AtlasQuestion.YES : AtlasQuestion.NO;
    }

    private Fact country(String city) {
        return world.fact(Relation.COUNTRY, city)
                .orElseThrow(() -> new IllegalArgumentException(city + " is no city of the atlas world"));
    }

    static <T> T pick(List<T> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }

    /** A readable identity for a question: its text in lower case with dashes. */
    public static String id(AtlasQuestion question) {
        return "atlas-"
                + question.text()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}]+", "-")
                        .replaceAll("^-|-$", "");
    }
}
