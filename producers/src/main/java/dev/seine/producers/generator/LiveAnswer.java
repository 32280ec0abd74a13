package dev.seine.producers.generator;

import dev.seine.event.AnswerEvent;
import dev.seine.event.AnswerEventKind;
import dev.seine.event.AnswerUsage;
import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.RetrievalStatus;
import dev.seine.event.SegmentKind;
import dev.seine.event.WeightsPublished;
import dev.seine.policy.Tokenizer;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.generator.Rollout.Search;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.MarkupStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A live answer, told as events while its rollout is written. Every event carries the tokens that came since the one before it, so the events
 * alone say where the answer stands: {@link #recall} reads them, and what is written then follows them without a gap. Tokens whose text
 * is not told yet are in no event; they may be sampled again.
 */
final class LiveAnswer {
    static final String WITHDRAWN = "WITHDRAWN";
    static final String REFUSED = "REFUSED";

    private final Plan plan;
    private final Dialect dialect;
    private final Tokenizer tokenizer;
    private final Consumer<AnswerEvent> events;
    private Optional<WeightsPublished> weights = Optional.empty();
    private long startedAt = -1;
    private int index;
    private boolean over;
    /** Tokens after the prompt that were read here. */
    private int read;
    /** Those of them that no event carries yet. */
    private final List<Integer> untold = new ArrayList<>();
    /** Tokens sampled since the last passages. */
    private final List<Integer> turn = new ArrayList<>();

    private final StringBuilder answer = new StringBuilder();
    private MarkupStream stream;
    private Optional<String> asked = Optional.empty();

    LiveAnswer(Plan plan, Dialect dialect, Tokenizer tokenizer, Consumer<AnswerEvent> events) {
        this.plan = plan;
        this.dialect = dialect;
        this.tokenizer = tokenizer;
        this.events = events;
        this.stream = new MarkupStream(dialect);
    }

    Plan plan() {
        return plan;
    }

    /** The weights it is written with; empty before it has begun. */
    Optional<WeightsPublished> weights() {
        return weights;
    }

    long startedAt() {
        return startedAt;
    }

    /** Whether its last event has been told. */
    boolean over() {
        return over;
    }

    /** The search that is under way, according to what was recalled. */
    Optional<String> asked() {
        return asked;
    }

    void started(WeightsPublished with, long now) {
        weights = Optional.of(with);
        startedAt = now;
        tell(event(AnswerEventKind.STARTED, plan.question().getText(), now).setWeights(with));
    }

    /**
     * Tells what has come.
     *
     * @param transcript what stands, whole pieces only
     * @param sampled what has been sampled after it
     */
    void advance(Transcript transcript, int[] sampled, long now) {
        int at = 0;
        for (Piece piece : transcript.pieces().subList(1, transcript.pieces().size())) {
            int[] fresh = fresh(piece.tokens(), at);
            at += piece.tokens().length;
            if (fresh.length > 0 && piece.sampled()) {
                write(fresh, now);
            } else if (fresh.length > 0) {
                show(piece.passages(), fresh, now);
            }
        }
        write(fresh(sampled, at), now);
    }

    private int[] fresh(int[] tokens, int at) {
        int skip = Math.max(0, Math.min(tokens.length, read - at));
        return Arrays.copyOfRange(tokens, skip, tokens.length);
    }

    private void write(int[] tokens, long now) {
        take(tokens);
        if (tokens.length == 0) {
            return;
        }
        String thought = stream.thinking();
        String said = stream.answer();
        if (!thought.isEmpty()) {
            tell(event(AnswerEventKind.INTERNAL, thought, now));
        }
        if (!said.isEmpty()) {
            answer.append(said);
            tell(event(AnswerEventKind.TEXT, said, now));
        }
    }

    private void take(int[] tokens) {
        for (int token : tokens) {
            read++;
            untold.add(token);
            if (token != tokenizer.eos()) {
                turn.add(token);
            }
        }
        stream.read(tokenizer.decode(turn.stream().mapToInt(Integer::intValue).toArray()));
    }

    private void show(List<Passage> passages, int[] block, long now) {
        beginTurn();
        read += block.length;
        Arrays.stream(block).forEach(untold::add);
        tell(event(AnswerEventKind.PASSAGES, "", now).setPassages(passages));
    }

    private void beginTurn() {
        turn.clear();
        stream = new MarkupStream(dialect);
        asked = Optional.empty();
    }

    void searching(Search search, long now) {
        tell(event(AnswerEventKind.SEARCH, search.query(), now));
    }

    /** Its rollout has ended. */
    void finished(Finished rollout) {
        advance(rollout.transcript(), new int[0], rollout.endedAt());
        boolean failed = rollout.finish() == FinishReason.ERROR || rollout.finish() == FinishReason.TIMEOUT;
        String cause = rollout.finish() == FinishReason.TIMEOUT ? "no answer before the deadline" : rollout.error();
        tell(event(
                        failed ? AnswerEventKind.FAILED : AnswerEventKind.FINISHED,
                        failed ? cause : answer.toString(),
                        rollout.endedAt())
                .setFinish(rollout.finish().name())
                .setUsage(usage(rollout)));
        over = true;
    }

    /** It ends without an answer. */
    void failed(String finish, String cause, long now) {
        tell(event(AnswerEventKind.FAILED, cause, now).setFinish(finish));
        over = true;
    }

    private AnswerUsage usage(Finished rollout) {
        Transcript transcript = rollout.transcript();
        int documents = transcript.pieces().stream()
                .filter(piece -> piece.kind() == SegmentKind.DOCUMENTS)
                .mapToInt(piece -> piece.tokens().length)
                .sum();
        long asked = plan.question().getAtMs();
        return AnswerUsage.newBuilder()
                .setPromptTokens(plan.promptTokens().length)
                .setSampledTokens(transcript.sampled())
                .setDocumentTokens(documents)
                .setSearches(transcript.searches())
                .setQueuedMs(Math.max(0, startedAt - asked))
                .setGenerateMs(transcript.tookMs(SegmentKind.GENERATED))
                .setRetrieveMs(transcript.tookMs(SegmentKind.DOCUMENTS))
                .setTotalMs(Math.max(0, rollout.endedAt() - asked))
                .build();
    }

    private AnswerEvent.Builder event(AnswerEventKind kind, String text, long now) {
        return AnswerEvent.newBuilder()
                .setAnswerId(plan.question().getId())
                .setQuestionId(plan.question().getId())
                .setIndex(index)
                .setKind(kind)
                .setText(text)
                .setPolicyVersion(weights.map(WeightsPublished::getVersion).orElse(-1L))
                .setAtMs(now);
    }

    private void tell(AnswerEvent.Builder event) {
        events.accept(event.setTokens(List.copyOf(untold)).build());
        untold.clear();
        index++;
    }

    /** Takes up what was told before, in order; returns what stands of the rollout. */
    Transcript recall(List<AnswerEvent> past) {
        Transcript transcript = Transcript.of(plan.promptTokens());
        long since = 0;
        for (AnswerEvent event : past) {
            int[] tokens =
                    event.getTokens().stream().mapToInt(Integer::intValue).toArray();
            long took = Math.max(0, event.getAtMs() - since);
            switch (event.getKind()) {
                case STARTED -> {
                    weights = Optional.ofNullable(event.getWeights());
                    startedAt = event.getAtMs();
                }
                case PASSAGES -> {
                    String query = asked.orElse("");
                    beginTurn();
                    read += tokens.length;
                    transcript = transcript.plus(
                            Piece.documents(tokens, query, RetrievalStatus.OK.name(), event.getPassages(), took));
                }
                case INTERNAL, TEXT, SEARCH -> {
                    asked = event.getKind() == AnswerEventKind.SEARCH ? Optional.of(event.getText()) : Optional.empty();
                    transcript = recall(transcript, tokens, event.getPolicyVersion(), took);
                }
                case FINISHED, FAILED -> over = true;
            }
            since = event.getAtMs();
            index = event.getIndex() + 1;
        }
        return transcript;
    }

    private Transcript recall(Transcript transcript, int[] tokens, long version, long took) {
        take(tokens);
        untold.clear();
        stream.thinking();
        answer.append(stream.answer());
        return tokens.length == 0
                ? transcript
                : transcript.plus(Piece.generated(tokens, new float[tokens.length], version, version, took));
    }
}
