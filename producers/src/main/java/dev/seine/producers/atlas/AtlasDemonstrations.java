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
 * Writes the cold start: answered questions in the {@code r1-searcher++} markup. Facts of the cold start are recalled or
 * searched, facts that only the passages hold are always searched, with the passages that the retriever really finds.
 */
public final class AtlasDemonstrations {
    private static final Dialect DIALECT = Dialect.R1_SEARCHER_PP;
    private static final String FICTION = "fiction-";
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
     * @param promptTemplate the policy's prompt, with {@code {question}}
     */
    public AtlasDemonstrations(
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
        int invented = (int) Math.round(config.count() * config.fictionShare());
        while (demonstrations.size() < invented) {
            AtlasFiction fiction = new AtlasFiction(world, random);
            for (int i = 0; i < QUESTIONS_PER_FICTION && demonstrations.size() < invented; i++) {
                demonstrations.add(invented(fiction, demonstrations.size(), random));
            }
        }
        while (demonstrations.size() < config.count()) {
            demonstrations.add(real(questions.trainingQuestion(random), demonstrations.size(), random));
        }
        return List.copyOf(demonstrations);
    }

    /**
     * Whether a demonstration stays right while the policy learns more: one about fiction, which must always be read, or one
     * that only recalls. One that searches for what is true will be wrong once the policy knows it.
     */
    public static boolean keepsTrue(Demonstration demonstration) {
        return demonstration.id().startsWith(FICTION)
                || !demonstration.response().contains(DIALECT.queryOpen());
    }

    private Demonstration real(AtlasQuestion question, int index, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (Lookup lookup : question.lookups()) {
            boolean recall =
                    lookup.fact().standing() == Standing.COLD_START && random.nextDouble() < config.recallShare();
            if (recall) {
                text.append(DIALECT.internalOpen())
                        .append(' ')
                        .append(lookup.fact().sentence())
                        .append(' ')
                        .append(DIALECT.internalClose())
                        .append(' ');
            }
            if (!recall || random.nextDouble() < config.verifyShare()) {
                List<Passage> passages = retriever.search(lookup.query(), config.topK());
                search(text, lookup.query(), passages);
                if (random.nextDouble() < config.repeatShare()) {
                    search(text, lookup.query(), passages);
                }
            }
        }
        return finish("demo-" + index, question, text);
    }

    private Demonstration invented(AtlasFiction fiction, int index, SplittableRandom random) {
        AtlasQuestion question = fiction.draw(random);
        StringBuilder text = new StringBuilder();
        for (Lookup lookup : question.lookups()) {
            search(text, lookup.query(), fiction.passages(lookup, config.topK(), random));
        }
        return finish(FICTION + index, question, text);
    }

    private static void search(StringBuilder text, String query, List<Passage> passages) {
        text.append(Markup.search(DIALECT, query, passages, Integer.MAX_VALUE)).append(' ');
    }

    private Demonstration finish(String id, AtlasQuestion question, StringBuilder text) {
        // Two values side by side are compared more easily than two far apart.
        String compared = question.compared();
        text.append(compared).append(compared.isEmpty() ? "" : " ");
        text.append("\\boxed{ ").append(question.answer()).append(" }");
        return new Demonstration(
                id,
                question.text(),
                List.of(question.answer()),
                promptTemplate.replace("{question}", question.text()),
                text.toString());
    }
}
