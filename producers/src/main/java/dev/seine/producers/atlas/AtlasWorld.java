package dev.seine.producers.atlas;

import com.ibm.icu.text.TimeZoneNames;
import com.ibm.icu.util.Calendar;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.Region;
import com.ibm.icu.util.Region.RegionType;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import dev.seine.event.Passage;
import dev.seine.producers.atlas.Fact.Standing;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The facts: for each ISO country its currency, continent, region, main language and first day of the week, and for each
 * time-zone city its country, all read from the CLDR data that ICU4J carries. The same ICU4J gives the same world; which
 * facts are known, searched or held out is decided by a hash of the names alone, so it is the same in every run.
 */
public final class AtlasWorld {
    /** Currencies in use are asked for on this day, so that the world does not change with the calendar. */
    @SuppressWarnings("JavaUtilDate") // ICU4J's API takes no other
    private static final Date TODAY = new Date(1_760_000_000_000L);

    private static final List<String> DAYS =
            List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");
    private static final int HELD_OUT_PERCENT = 12;
    private static final int COLD_START_PERCENT = 50;

    private final Map<String, Map<Relation, Fact>> facts = new TreeMap<>();

    private AtlasWorld() {}

    /** The real world, read from ICU4J's data. */
    public static AtlasWorld real() {
        AtlasWorld world = new AtlasWorld();
        world.readCldr();
        return world;
    }

    /**
     * A world with the same names in which every fact is another one, drawn at random and never true: in it, nothing can
     * be answered but by reading.
     */
    public AtlasWorld fictional(SplittableRandom random) {
        AtlasWorld world = new AtlasWorld();
        Map<Relation, List<Fact>> byRelation = facts().stream()
                .collect(Collectors.groupingBy(
                        Fact::relation, () -> new EnumMap<>(Relation.class), Collectors.toList()));
        byRelation.forEach((relation, list) -> {
            // Distinct, so that rare values come up as often as common ones: a policy must have read each to copy it.
            List<String> values =
                    list.stream().map(Fact::object).distinct().sorted().toList();
            for (Fact truth : list) {
                String value = truth.object();
                while (value.equals(truth.object())) {
                    value = values.get(random.nextInt(values.size()));
                }
                world.add(new Fact(relation, truth.subject(), value, truth.standing()));
            }
        });
        return world;
    }

    private void readCldr() {
        for (String code : new TreeSet<>(Arrays.asList(Locale.getISOCountries()))) {
            addCountry(code);
        }
        TimeZoneNames names = TimeZoneNames.getInstance(ULocale.ENGLISH);
        for (String zone :
                new TreeSet<>(TimeZone.getAvailableIDs(TimeZone.SystemTimeZoneType.CANONICAL_LOCATION, null, null))) {
            addCity(names.getExemplarLocationName(zone), country(TimeZone.getRegion(zone)));
        }
    }

    private void addCountry(String code) {
        String name = country(code);
        Region region = Region.getInstance(code);
        put(Relation.CURRENCY, name, currency(code));
        put(Relation.CONTINENT, name, containing(region, RegionType.CONTINENT));
        put(Relation.REGION, name, containing(region, RegionType.SUBCONTINENT));
        put(Relation.LANGUAGE, name, language(code));
        put(Relation.WEEK, name, Optional.of(DAYS.get(Calendar.getWeekDataForRegion(code).firstDayOfWeek - 1)));
    }

    private void addCity(String city, String country) {
        // "Jamaica is in Jamaica" says nothing, and a city must not share its name with another entity.
        if (facts.containsKey(city) || !facts.containsKey(country)) {
            return;
        }
        put(Relation.COUNTRY, city, Optional.of(country));
    }

    private void put(Relation relation, String subject, Optional<String> object) {
        object.ifPresent(value -> add(new Fact(relation, subject, value, standing(relation, subject, value))));
    }

    private void add(Fact fact) {
        facts.computeIfAbsent(fact.subject(), s -> new LinkedHashMap<>()).put(fact.relation(), fact);
    }

    private static Standing standing(Relation relation, String subject, String object) {
        String country = relation.ofCountry() ? subject : object;
        if (percentile("entity/" + country) < HELD_OUT_PERCENT) {
            return Standing.HELD_OUT;
        }
        return percentile(relation + "/" + subject) < COLD_START_PERCENT ? Standing.COLD_START : Standing.PASSAGES_ONLY;
    }

    /** A stable number from 0 to 99 for a text. */
    static int percentile(String text) {
        int hash = 0x811C9DC5;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x01000193;
        }
        hash ^= hash >>> 16;
        hash *= 0x7FEB352D;
        hash ^= hash >>> 15;
        return Math.floorMod(hash, 100);
    }

    private static String country(String code) {
        return ULocale.getDisplayCountry("und-" + code, "en");
    }

    private static Optional<String> currency(String code) {
        String[] codes = Currency.getAvailableCurrencyCodes(new ULocale("und", code), TODAY);
        return codes == null || codes.length == 0
                ? Optional.empty()
                : Optional.of(Currency.getInstance(codes[0]).getName(ULocale.ENGLISH, Currency.LONG_NAME, null));
    }

    private static Optional<String> containing(Region region, RegionType type) {
        return Optional.ofNullable(region.getContainingRegion(type))
                .map(r -> ULocale.getDisplayCountry("und-" + r, "en"));
    }

    private static Optional<String> language(String code) {
        String language = ULocale.addLikelySubtags(new ULocale("und", code)).getLanguage();
        return language.isEmpty() ? Optional.empty() : Optional.of(ULocale.getDisplayLanguage(language, "en"));
    }

    /** All facts, ordered by subject. */
    public List<Fact> facts() {
        return facts.values().stream().flatMap(m -> m.values().stream()).toList();
    }

    /** The fact that a relation says of a subject, if there is one. */
    public Optional<Fact> fact(Relation relation, String subject) {
        return Optional.ofNullable(facts.getOrDefault(subject, Map.of()).get(relation));
    }

    /** Names of the countries, in order. */
    public List<String> countries() {
        return facts.entrySet().stream()
                .filter(e -> !e.getValue().containsKey(Relation.COUNTRY))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Names of the cities, in order. */
    public List<String> cities() {
        return facts.entrySet().stream()
                .filter(e -> e.getValue().containsKey(Relation.COUNTRY))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether a city's or country's facts never occur in training. */
    public boolean heldOut(String entity) {
        return Objects.requireNonNull(facts.get(entity), entity)
                        .values()
                        .iterator()
                        .next()
                        .standing()
                == Standing.HELD_OUT;
    }

    /** Currencies that exactly one country uses, with that country's currency fact. */
    public Map<String, Fact> uniqueCurrencies() {
        Map<String, List<Fact>> users = facts().stream()
                .filter(f -> f.relation() == Relation.CURRENCY)
                .collect(Collectors.groupingBy(Fact::object, TreeMap::new, Collectors.toList()));
        Map<String, Fact> unique = new TreeMap<>();
        users.forEach((currency, list) -> {
            if (list.size() == 1) {
                unique.put(currency, list.get(0));
            }
        });
        return Collections.unmodifiableMap(unique);
    }

    /** One passage a fact. */
    public List<Passage> passages() {
        return facts().stream().map(Fact::passage).toList();
    }
}
