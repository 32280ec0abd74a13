package dev.seine.producers.atlas;

import dev.seine.event.Passage;
import dev.seine.producers.atlas.AtlasQuestion.Lookup;
import dev.seine.producers.atlas.Fact.Standing;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes the cold start of a base policy in the {@code r1-searcher} markup: it has the format, answers from memory whether it knows or not,
 * and can write a query and read what comes back, but does not search of its own accord. R1-Searcher (arXiv 2503.05592) starts from a base
 * model of that kind, and reinforcement learning alone must teach it to search.
 *
 * <p>Two kinds of demonstrations say so. Answers from memory state facts of the cold start as they are; for facts that it cannot know they
 * state another value every time, as a model does that guesses. In searched answers the tag that opens the first search stands in the
 * prompt, and prompts are not trained; a small share opens it itself, without which there would be nothing to explore from.
 */
public final class BaseDemonstrations {
    private static final Dialect DIALECT = Dialect.R1_SEARCHER;
    private static final int QUESTIONS_PER_FICTION = 20;

    private final AtlasQuestions questions;
    private final AtlasWorld world;
    private final Retriever retriever;
    private final DemonstrationConfig config;
    private final String promptTemplate;

    /**
     * Demonstrations about a world.
     *
     * @param retriever finds the passages shown
     * @param promptTemplate the policy's prompt, with {@code {question}}; it opens the thinking
     */
    public BaseDemonstrations(
            AtlasWorld world, Retriever retriever, DemonstrationConfig config, String promptTemplate) {
        this.questions = new AtlasQuestions(world);
        this.world = world;
        this.retriever = retriever;
        this.config = config;
        this.promptTemplate = promptTemplate;
    }

    /** The demonstrations; equal seeds give equal ones. */
    public List<Demonstration> write(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Demonstration> demonstrations = new ArrayList<>(config.count());
        while (demonstrations.size() < config.count()) {
            AtlasFiction fiction = new AtlasFiction(world, random);
            for (int i = 0; i < QUESTIONS_PER_FICTION && demonstrations.size() < config.count(); i++) {
                int index = demonstrations.size();
                boolean recalled = random.nextDouble() < config.recallShare();
                boolean invented = random.nextDouble() < config.fictionShare();
                demonstrations.add(
                        recalled
                                ? remembered(index, invented, fiction, random)
                                : searched(index, invented, fiction, random));
            }
        }
        return List.copyOf(demonstrations);
    }

    /** An answer from memory: right if all facts are those of the cold start, invented if none of them is. */
    private Demonstration remembered(int index, boolean invented, AtlasFiction fiction, SplittableRandom random) {
        AtlasQuestion question = invented ? fiction.draw(random) : questions.trainingQuestion(random);
        while (question.lookups().stream().anyMatch(l -> (l.fact().standing() == Standing.COLD_START) == invented)) {
            question = invented ? fiction.draw(random) : questions.trainingQuestion(random);
        }
        StringBuilder text = new StringBuilder();
        question.lookups().forEach(l -> text.append(l.fact().sentence()).append(' '));
        return finish((invented ? "guess-" : "memory-") + index, question, "", text);
    }

    private Demonstration searched(int index, boolean invented, AtlasFiction fiction, SplittableRandom random) {
        AtlasQuestion question = invented ? fiction.draw(random) : questions.trainingQuestion(random);
        StringBuilder text = new StringBuilder();
        for (Lookup lookup : question.lookups()) {
            List<Passage> passages = invented
                    ? fiction.passages(lookup, config.topK(), random)
                    : retriever.search(lookup.query(), config.topK());
            text.append(Markup.search(DIALECT, lookup.query(), passages, Integer.MAX_VALUE))
                    .append(' ');
        }
        boolean unprompted = random.nextDouble() < config.unpromptedShare();
        String opened = unprompted ? "" : " " + DIALECT.queryOpen();
        text.delete(0, unprompted ? 0 : DIALECT.queryOpen().length());
        return finish((invented ? "fiction-" : "search-") + index, question, opened, text);
    }

    private Demonstration finish(String id, AtlasQuestion question, String opened, StringBuilder text) {
        String answer =
                String.join(" ", DIALECT.thinkClose(), DIALECT.answerOpen(), question.answer(), DIALECT.answerClose());
        return new Demonstration(
                id,
                question.text(),
                List.of(question.answer()),
                promptTemplate.replace("{question}", question.text()) + opened,
                text + answer);
    }
}
