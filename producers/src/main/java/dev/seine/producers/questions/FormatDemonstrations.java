package dev.seine.producers.questions;

import dev.seine.event.Passage;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A cold start for any question file: each question is searched for as it stands and answered as the file says. It teaches
 * the format and that searching is an action; whether the passages hold the answer is not checked, so it teaches no more.
 */
public final class FormatDemonstrations {
    private final Dialect dialect;
    private final Retriever retriever;
    private final String promptTemplate;
    private final int topK;
    private final int maxDocumentsChars;

    /**
     * Demonstrations over a retriever.
     *
     * @param promptTemplate the policy's prompt, with {@code {question}}
     * @param topK passages shown for the search
     * @param maxDocumentsChars length of the documents block, in characters
     */
    public FormatDemonstrations(
            Dialect dialect, Retriever retriever, String promptTemplate, int topK, int maxDocumentsChars) {
        this.dialect = dialect;
        this.retriever = retriever;
        this.promptTemplate = promptTemplate;
        this.topK = topK;
        this.maxDocumentsChars = maxDocumentsChars;
    }

    /** One demonstration for each of {@code count} questions drawn by the seed (all, if there are fewer). */
    public List<Demonstration> write(List<Answered> questions, int count, long seed) {
        List<Answered> order = new ArrayList<>(questions);
        Collections.shuffle(order, new Random(new SplittableRandom(seed).nextLong()));
        return order.stream().limit(count).map(this::demonstrate).toList();
    }

    /**
     * A question and its answers.
     *
     * @param id identity
     * @param text the question
     * @param answers accepted answers, at least one
     */
    public record Answered(String id, String text, List<String> answers) {}

    private Demonstration demonstrate(Answered question) {
        String query = Markup.sanitise(question.text());
        List<Passage> passages = retriever.search(query, topK);
        String response = String.join(
                " ",
                Markup.search(dialect, query, passages, maxDocumentsChars),
                (dialect.thinkClose() + " " + dialect.answerOpen()).strip(),
                Markup.sanitise(question.answers().get(0)),
                dialect.answerClose());
        return new Demonstration(
                question.id(),
                question.text(),
                question.answers(),
                promptTemplate.replace("{question}", question.text()),
                response);
    }
}
