package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.RetrievalRequest;
import dev.seine.event.RetrievalStatus;
import dev.seine.event.RolloutState;
import dev.seine.policy.Sampling;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Written;
import dev.seine.producers.Seeds;
import dev.seine.producers.generator.Rollout.Active;
import dev.seine.producers.generator.Rollout.AwaitingPassages;
import dev.seine.producers.generator.Rollout.Finished;
import dev.seine.producers.generator.Rollout.Queued;
import dev.seine.producers.generator.Rollout.Search;
import dev.seine.producers.generator.Rollout.Writing;
import dev.seine.producers.retrieval.BoundedRetriever;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.util.List;
import java.util.Set;

/** The arrows between the states of a {@link Rollout}, as functions of state, event and time. */
final class Transitions {
    private static final int MAX_QUERY_CHARS = 1_000;

    private final GeneratorConfig config;
    private final Tokenizer tokenizer;
    private final Dialect dialect;
    private final Set<Integer> stopTokens;

    Transitions(GeneratorConfig config, Tokenizer tokenizer) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.dialect = config.markup();
        this.stopTokens = Set.of(tokenizer.id(dialect.queryClose()));
    }

    /**
     * How a plan is to be sampled after what stands of it. A rollout that begins anywhere but at its prompt, since another generator wrote
     * what comes before or since tokens are banned only until it searches, draws from random numbers of its own that depend on rollout
     * and turn only: not those that would have been drawn, but just as independent of the tokens so far, so the tokens are samples
     * of the policy all the same.
     */
    Sampling sampling(Plan plan, Transcript transcript) {
        int turn = transcript.turns();
        List<Integer> banned = turn > 0 && plan.untilSearch() ? List.of() : plan.bannedTokens();
        Float wanted = plan.question().getTemperature();
        long room = (long) transcript.size() + left(plan, transcript);
        return new Sampling(
                wanted == null ? (float) config.temperature() : wanted,
                (float) config.topP(),
                turn == 0 ? plan.seed() : Seeds.derive(plan.seed(), "turn", turn),
                (int) Math.min(config.maxTokens(), room),
                tokenizer.endTokens(),
                stopTokens,
                banned.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Tokens that may still be sampled before the question's own limit, if it has one. */
    private static int left(Plan plan, Transcript transcript) {
        return plan.limited() ? plan.question().getMaxTokens() - transcript.sampled() : Integer.MAX_VALUE;
    }

    Writing started(Queued queued, long now) {
        long startedAt = queued.startedAt() < 0 ? now : queued.startedAt();
        return new Writing(queued.plan(), queued.transcript(), startedAt, deadline(queued.plan(), now), now);
    }

    /**
     * A rollout that another generator wrote up to a search. A deadline that passed while nobody had the rollout is set
     * anew: the search has to be asked again.
     */
    AwaitingPassages takenOver(Plan plan, RetrievalRequest request, boolean answered, long now) {
        RolloutState state = request.getSoFar();
        boolean overdue = !answered && now > request.getDeadlineMs();
        return new AwaitingPassages(
                plan,
                Tokens.transcript(state),
                state.getStartedAtMs(),
                deadline(plan, now),
                overdue ? now : request.getAtMs(),
                new Search(
                        request.getRequestId(),
                        request.getTurn(),
                        request.getQuery(),
                        overdue ? now + config.searchTimeout().toMillis() : request.getDeadlineMs()));
    }

    /** Back to the end of the last whole piece, after the engine failed in the middle of the next. */
    static Queued again(Writing writing) {
        return new Queued(writing.plan(), writing.transcript(), writing.startedAt());
    }

    private long deadline(Plan plan, long now) {
        long oldest = now + config.rolloutTimeout().toMillis();
        long asked = plan.question().getDeadlineMs();
        return asked > 0 ? Math.min(asked, oldest) : oldest;
    }

    /** The policy stopped. */
    Rollout wrote(Writing writing, Written written, long now) {
        Transcript transcript = writing.transcript().plus(Piece.generated(written, now - writing.since()));
        return switch (written.reason()) {
            case EOS -> finished(writing, transcript, now, FinishReason.EOS);
            case LENGTH -> finished(writing, transcript, now, FinishReason.LENGTH);
            case REFUSED -> failed(writing, now, FinishReason.ERROR, "the engine refused it, see its log");
            case STOP_TOKEN -> searched(writing, transcript, query(transcript.turn()), now);
        };
    }

    private Rollout searched(Writing writing, Transcript transcript, String query, long now) {
        if (left(writing.plan(), transcript) == 0) {
            return finished(writing, transcript, now, FinishReason.LENGTH);
        }
        int turn = transcript.turns();
        if (turn >= config.maxSearches()) {
            Transcript cut = transcript.plus(Piece.unanswered(query, Piece.LIMIT, 0));
            return finished(writing, cut, now, FinishReason.SEARCH_LIMIT);
        }
        if (query.isEmpty()) {
            return shown(writing, transcript, query, RetrievalStatus.ERROR, List.of(), now, 0);
        }
        return new AwaitingPassages(
                writing.plan(),
                transcript,
                writing.startedAt(),
                writing.deadline(),
                now,
                search(writing.plan(), turn, query, now));
    }

    /** The search ended. */
    Rollout found(AwaitingPassages waiting, Found found, long now) {
        long took = now - waiting.since();
        String query = waiting.search().query();
        return switch (found.status()) {
            case OK -> {
                List<Passage> passages = found.passages().stream()
                        .limit(config.topK())
                        .map(passage -> BoundedRetriever.bounded(passage, config.maxPassageChars()))
                        .toList();
                yield shown(waiting, waiting.transcript(), query, RetrievalStatus.OK, passages, now, took);
            }
            case ERROR -> failed(waiting, now, FinishReason.ERROR, "search failed: " + found.error());
            case TIMEOUT -> failed(waiting, now, FinishReason.TIMEOUT, "");
        };
    }

    /** The documents block goes in, if there is room for it and for one more token. */
    private Rollout shown(
            Active rollout,
            Transcript transcript,
            String query,
            RetrievalStatus status,
            List<Passage> passages,
            long now,
            long took) {
        int[] block = tokenizer.encode(Markup.documents(dialect, passages, config.maxDocumentsChars()));
        if (transcript.size() + block.length >= config.maxTokens()) {
            Transcript cut = transcript.plus(Piece.unanswered(query, status.name(), took));
            return finished(rollout, cut, now, FinishReason.LENGTH);
        }
        Piece piece = Piece.documents(block, query, status.name(), passages, took);
        return new Writing(rollout.plan(), transcript.plus(piece), rollout.startedAt(), rollout.deadline(), now);
    }

    /** Whether it has waited for passages, or lived, too long. */
    static boolean late(Active rollout, long now) {
        boolean search = rollout instanceof AwaitingPassages waiting
                && now > waiting.search().deadline();
        return search || now > rollout.deadline();
    }

    /** It ends before its time; a search under way stays on record. */
    Finished failed(Active rollout, long now, FinishReason finish, String error) {
        Transcript transcript = rollout.transcript();
        if (rollout instanceof AwaitingPassages waiting) {
            transcript =
                    transcript.plus(Piece.unanswered(waiting.search().query(), finish.name(), now - waiting.since()));
        }
        return new Finished(rollout.plan(), transcript, rollout.startedAt(), now, finish, error);
    }

    private static Finished finished(Active rollout, Transcript transcript, long now, FinishReason finish) {
        return new Finished(rollout.plan(), transcript, rollout.startedAt(), now, finish, "");
    }

    /** A rollout that its own log left at a search, which is asked again. */
    AwaitingPassages resumed(Plan plan, Transcript transcript, String query, long startedAt, long now) {
        int turn = transcript.turns();
        return new AwaitingPassages(
                plan, transcript, startedAt, deadline(plan, now), now, search(plan, turn, query, now));
    }

    private Search search(Plan plan, int turn, String query, long now) {
        return new Search(
                plan.rolloutId() + "/" + turn,
                turn,
                query,
                now + config.searchTimeout().toMillis());
    }

    /** The text between the last opening of a query and the close that ends these tokens; empty if none was opened. */
    private String query(int[] tokens) {
        String text = tokenizer.decode(tokens);
        int open = text.lastIndexOf(dialect.queryOpen());
        int close = text.lastIndexOf(dialect.queryClose());
        if (open < 0 || close < open) {
            return "";
        }
        String query = text.substring(open + dialect.queryOpen().length(), close)
                .replaceAll("\\s+", " ")
                .strip();
        return query.length() <= MAX_QUERY_CHARS ? query : query.substring(0, MAX_QUERY_CHARS);
    }
}
