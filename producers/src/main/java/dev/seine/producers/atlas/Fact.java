package dev.seine.producers.atlas;

import dev.seine.event.Passage;

/**
 * One fact.
 *
 * @param relation what is said
 * @param subject the city or country it is said of
 * @param object the value
 * @param standing who may know it, and from where
 */
public record Fact(Relation relation, String subject, String object, Standing standing) {
    /** Where a fact occurs in training. */
    public enum Standing {
        /** Recalled in cold-start demonstrations. */
        COLD_START,
        /** Asked for in training, but only ever found by searching. */
        PASSAGES_ONLY,
        /** Never stated in training: its entity is held out, though its name may occur. */
        HELD_OUT
    }

    /** Identity of the fact and of the passage that states it, such as {@code currency/Norway}. */
    public String id() {
        return relation.name().toLowerCase(java.util.Locale.ROOT) + "/" + subject;
    }

    /** The sentence that states it. */
    public String sentence() {
        return relation.sentence(subject, object);
    }

    /** The passage that states it. */
    public Passage passage() {
        return Passage.newBuilder()
                .setId(id())
                .setTitle(subject)
                .setText(sentence())
                .setScore(0)
                .build();
    }
}
