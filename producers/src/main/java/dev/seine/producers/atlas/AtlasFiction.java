package dev.seine.producers.atlas;

import dev.seine.event.Passage;
import dev.seine.producers.atlas.AtlasQuestion.Lookup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Questions and passages of one fictional world. Most are about the names that are held out, so that a policy learns these
 * names, and to read what it finds about them, without ever being told a held-out fact.
 */
final class AtlasFiction {
    /** Share of questions that must be about held-out names, in percent. */
    private static final int HELD_OUT_PERCENT = 75;

    /** A city's name is often in one passage only, which then is all that a search finds. */
    private static final int ALONE_ONE_IN = 3;

    private static final int TRIES_OF_A_KIND = 500;

    private final AtlasWorld truth;
    private final AtlasWorld fiction;
    private final AtlasQuestions questions;
    private final List<Fact> facts;

    AtlasFiction(AtlasWorld truth, SplittableRandom random) {
        this.truth = truth;
        this.fiction = truth.fictional(random);
        this.questions = new AtlasQuestions(fiction);
        this.facts = fiction.facts();
    }

    AtlasQuestion draw(SplittableRandom random) {
        boolean heldOut = random.nextInt(100) < HELD_OUT_PERCENT;
        while (true) {
            QuestionKind kind = QuestionKind.drawByLookups(random);
            // The kind stays for a while, so that those that are hard to draw do not become rare; a world may have none
            // of it.
            for (int tries = 0; tries < TRIES_OF_A_KIND; tries++) {
                Optional<AtlasQuestion> question = questions.draw(kind, random);
                if (question.isPresent() && (!heldOut || truth.heldOut(firstSubject(question.get())))) {
                    return question.get();
                }
            }
        }
    }

    private static String firstSubject(AtlasQuestion question) {
        return question.lookups().get(0).fact().subject();
    }

    /** The passage that answers and mostly others, best first, as a search engine would have it, but not always. */
    List<Passage> passages(Lookup lookup, int most, SplittableRandom random) {
        List<Passage> passages = new ArrayList<>();
        passages.add(lookup.fact().passage());
        int count = random.nextInt(ALONE_ONE_IN) == 0 ? 1 : most;
        while (passages.size() < count) {
            Fact other = distractor(lookup.fact(), random);
            if (!other.equals(lookup.fact())) {
                passages.add(other.passage());
            }
        }
        if (random.nextInt(4) == 0) {
            Collections.shuffle(passages, new Random(random.nextLong()));
        }
        return passages;
    }

    /** Another fact of the same subject, or any other. */
    private Fact distractor(Fact fact, SplittableRandom random) {
        if (random.nextBoolean()) {
            Relation relation = AtlasQuestions.pick(AtlasQuestions.RELATIONS, random);
            return fiction.fact(relation, fact.subject()).orElse(facts.get(random.nextInt(facts.size())));
        }
        return facts.get(random.nextInt(facts.size()));
    }
}
