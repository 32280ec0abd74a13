package dev.seine.producers.generator;

import dev.seine.event.FinishReason;
import dev.seine.event.Passage;
import dev.seine.event.RetrievalStatus;
import dev.seine.policy.Sampling;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.Written;
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

    /** How a plan is to be sampled from its start on. */
    Sampling sampling(Plan plan) {
        return sampling(plan, plan.bannedTokens());
    }

    /** How a plan is to be sampled from its first search on. */
    Sampling afterSearch(Plan plan) {
        return sampling(plan, plan.untilSearch() ? List.of() : plan.bannedTokens());
    }

    private Sampling sampling(Plan plan, List<Integer> banned) {
        return new Sampling(
                (float) config.temperature(),
                (float) config.topP(),
                plan.seed(),
                config.maxTokens(),
                tokenizer.eos(),
                stopTokens,
                banned.stream().mapToInt(Integer::intValue).toArray());
    }

    Writing started(Queued queued, long now) {
        return new Writing(queued.plan(), Transcript.of(queued.plan().promptTokens()), now, now);
    }

    /** The policy stopped. */
    Rollout wrote(Writing writing, Written written, long now) {
        Transcript transcript = writing.transcript().plus(Piece.generated(written, now - writing.since()));
        return switch (written.reason()) {
            case EOS -> finished(writing, transcript, now, FinishReason.EOS);
            case LENGTH -> finished(writing, transcript, now, FinishReason.LENGTH);
            case STOP_TOKEN -> searched(writing, transcript, query(written.tokens()), now);
        };
    }

    private Rollout searched(Writing writing, Transcript transcript, String query, long now) {
        int turn = transcript.turns();
        if (turn >= config.maxSearches()) {
            Transcript cut = transcript.plus(Piece.unanswered(query, Piece.LIMIT, 0));
            return finished(writing, cut, now, FinishReason.SEARCH_LIMIT);
        }
        if (query.isEmpty()) {
            return shown(writing, transcript, query, RetrievalStatus.ERROR, List.of(), now, 0);
        }
        String requestId = writing.plan().rolloutId() + "/" + turn;
        long deadline = now + config.searchTimeout().toMillis();
        return new AwaitingPassages(
                writing.plan(), transcript, writing.startedAt(), now, new Search(requestId, turn, query, deadline));
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
        return new Writing(rollout.plan(), transcript.plus(piece), rollout.startedAt(), now);
    }

    /** Whether it has waited for passages, or lived, too long. */
    boolean late(Active rollout, long now) {
        boolean search = rollout instanceof AwaitingPassages waiting
                && now > waiting.search().deadline();
        return search || now - rollout.startedAt() > config.rolloutTimeout().toMillis();
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
