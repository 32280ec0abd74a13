package dev.seine.app.train;

import dev.seine.app.config.ConfigException;
import dev.seine.app.search.Retrievers;
import dev.seine.event.Passage;
import dev.seine.policy.ModelFolder;
import dev.seine.policy.Tokenizer;
import dev.seine.policy.WordTokenizer;
import dev.seine.policy.store.RunStore;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.atlas.AtlasDemonstrations;
import dev.seine.producers.atlas.AtlasFiles;
import dev.seine.producers.atlas.AtlasWorld;
import dev.seine.producers.atlas.BaseDemonstrations;
import dev.seine.producers.questions.FormatDemonstrations;
import dev.seine.producers.questions.FormatDemonstrations.Answered;
import dev.seine.producers.questions.QuestionDraft;
import dev.seine.producers.questions.QuestionFile;
import dev.seine.producers.retrieval.Corpus;
import dev.seine.producers.retrieval.Retriever;
import dev.seine.schemas.Demonstration;
import dev.seine.schemas.Dialect;
import dev.seine.schemas.Markup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills the run folder before anything runs: questions, corpus, tokenizer, architecture and demonstrations, from the atlas
 * world or from the user's files. Everything after this reads the folder and cannot tell the two apart. Equal inputs and
 * seeds give equal files.
 */
final class Preparation {
    private static final int RANKS = 10;

    private final RunFolder folder;
    private final RunConfig config;
    private final Consumer<String> say;

    Preparation(RunFolder folder, RunConfig config, Consumer<String> say) {
        this.folder = folder;
        this.config = config;
        this.say = say;
    }

    /**
     * Prepares the folder from these files, or from the atlas world if there are none, and records the configuration.
     *
     * @param questions null, as the corpus, for the atlas world
     * @param demonstrations a cold-start file to be used instead of demonstrations made here; may be null
     */
    void run(@Nullable Path questions, @Nullable Path corpus, @Nullable Path demonstrations) {
        refuseHalf(questions, corpus);
        refuseUsedStore();
        List<Demonstration> given = demonstrations == null ? List.of() : given(demonstrations);
        if (questions == null || corpus == null) {
            atlas(given);
        } else {
            files(questions, corpus, given);
        }
        RunOptions.record(folder, config);
    }

    /** Own questions need the passages to search for them, and the other way round. */
    static void refuseHalf(@Nullable Path questions, @Nullable Path corpus) {
        if ((questions == null) != (corpus == null)) {
            throw new IllegalArgumentException("--questions and --corpus belong together: got only "
                    + (questions == null ? "--corpus" : "--questions"));
        }
    }

    /** A new run that found another's checkpoints in its store would go on with them. */
    private void refuseUsedStore() {
        try (RunStore store = config.store().open(folder.root(), "prepare")) {
            List<Path> there = store.list(folder.checkpoints());
            if (!there.isEmpty()) {
                throw new ConfigException(
                        "store.url = " + config.store().url().orElse("") + " holds checkpoints of a run: "
                                + "go on with that run's folder, choose another address, or empty it");
            }
        }
    }

    /** Reads a cold-start file: a demonstration that the run's markup does not allow would teach what is punished. */
    private List<Demonstration> given(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("no demonstrations " + file);
        }
        List<Demonstration> given = Demonstration.read(file);
        if (given.isEmpty()) {
            throw new ConfigException("demonstrations " + file + " are empty");
        }
        Dialect dialect = Dialect.of(config.generate().dialect());
        given.stream()
                .filter(d -> !Markup.parse(dialect, d.response()).wellFormed())
                .findFirst()
                .ifPresent(bad -> {
                    throw new ConfigException("demonstrations " + file + ": " + bad.id() + " is not well-formed "
                            + dialect.id() + ": "
                            + Markup.parse(dialect, bad.response()).violations());
                });
        return given;
    }

    private void atlas(List<Demonstration> given) {
        AtlasWorld world = AtlasWorld.real();
        AtlasFiles.corpus(folder.corpus(), world);
        AtlasFiles.training(
                folder.trainQuestions(), world, config.atlas(), config.run().seed());
        AtlasFiles.heldOutQuestions(folder.evaluationQuestions(QuestionSets.HELD_OUT_QUESTIONS), world, config.atlas());
        AtlasFiles.heldOutEntities(folder.evaluationQuestions(QuestionSets.HELD_OUT_ENTITIES), world, config.atlas());
        AtlasFiles.probe(folder.evaluationQuestions(QuestionSets.PROBE), world);
        try (Retriever retriever = retriever()) {
            List<Demonstration> demonstrations = given.isEmpty() ? demonstrations(world, retriever) : given;
            Demonstration.write(folder.demonstrations(), demonstrations);
            Demonstration.write(
                    folder.rehearsal(),
                    demonstrations.stream()
                            .filter(AtlasDemonstrations::keepsTrue)
                            .toList());
        }
        say.accept("atlas world: %,d facts in as many passages"
                .formatted(world.facts().size()));
        model();
    }

    /** Recalls and searches mixed, or, in the markup of R1-Searcher, those of a base policy that does not search. */
    private List<Demonstration> demonstrations(AtlasWorld world, Retriever retriever) {
        String prompt = config.generate().promptTemplate();
        long seed = config.run().seed();
        return config.generate().markup() == Dialect.R1_SEARCHER
                ? new BaseDemonstrations(world, retriever, config.demonstrations(), prompt).write(seed)
                : new AtlasDemonstrations(world, retriever, config.demonstrations(), prompt).write(seed);
    }

    /** A share of the user's questions is held out. */
    private void files(Path questions, Path corpus, List<Demonstration> given) {
        copy(corpus, folder.corpus());
        List<QuestionDraft> drafts = new ArrayList<>(QuestionFile.read(questions, this::refused));
        Collections.shuffle(drafts, new Random(config.run().seed()));
        int heldOut = Math.min(
                config.data().maxEvaluation(), drafts.size() * config.data().heldOutPercent() / 100);
        QuestionSets.write(folder.evaluationQuestions(QuestionSets.HELD_OUT_QUESTIONS), drafts.subList(0, heldOut));
        List<QuestionDraft> training = drafts.subList(heldOut, drafts.size());
        QuestionSets.write(folder.trainQuestions(), training);
        try (Retriever retriever = retriever()) {
            List<Answered> answered = training.stream()
                    .map(q -> new Answered(q.id(), q.text(), q.answers()))
                    .toList();
            FormatDemonstrations writer = new FormatDemonstrations(
                    config.generate().markup(),
                    retriever,
                    config.generate().promptTemplate(),
                    config.generate().topK(),
                    config.generate().maxDocumentsChars());
            List<Demonstration> demonstrations = given.isEmpty()
                    ? writer.write(
                            answered,
                            config.demonstrations().count(),
                            config.run().seed())
                    : given;
            Demonstration.write(folder.demonstrations(), demonstrations);
            Demonstration.write(folder.rehearsal(), demonstrations);
        }
        say.accept("%,d questions to train on, %,d held out".formatted(training.size(), heldOut));
        model();
    }

    /** The configured retriever over the run's corpus. */
    Retriever retriever() {
        return new Retrievers(
                        config.retrieve(),
                        folder.corpus(),
                        config.data().maxPassageChars(),
                        folder.vectors(),
                        System.getenv(),
                        say)
                .open();
    }

    private void model() {
        if (config.model().path().isPresent()) {
            own(ChatPrompt.open(config));
        } else {
            fresh();
        }
    }

    /** The user's model, with tokens for what the markup's tags are to be: actions of their own, and where generation stops. */
    private void own(ModelFolder model) {
        ModelFolder base =
                model.extend(folder.base(), config.generate().markup().tags());
        ModelFolder.carry(base.path(), folder.root());
        copy(base.path().resolve(ModelFolder.CONFIG), folder.modelConfig());
        say.accept("model %s: %,d parameters, %,d words"
                .formatted(
                        model.path(),
                        base.config().parameterCount(),
                        base.config().vocabSize()));
    }

    private void fresh() {
        WordTokenizer.write(
                folder.tokenizer(),
                texts(),
                specialTokens(config.generate().markup()),
                config.model().maxVocabulary());
        try (Tokenizer tokenizer = Tokenizer.load(folder.tokenizer())) {
            config.model().withVocabulary(tokenizer.vocabSize()).write(folder.modelConfig());
        }
    }

    private static List<String> specialTokens(Dialect own) {
        Set<String> tokens = new LinkedHashSet<>(List.of("<pad>", "<eos>", "<unk>"));
        for (Dialect dialect : Dialect.values()) {
            tokens.addAll(dialect.tags());
            tokens.addAll(List.of(dialect.answerOpen(), dialect.answerClose()));
        }
        for (int rank = 1; rank <= RANKS; rank++) {
            tokens.add("(" + rank + ")");
        }
        Stream.of(own.thinkOpen(), own.thinkClose())
                .filter(tag -> !tag.isEmpty())
                .forEach(tokens::add);
        return List.copyOf(tokens);
    }

    /** All texts of the run: what the policy may read or write must be in its vocabulary. */
    private Iterable<String> texts() {
        List<String> texts = new ArrayList<>();
        texts.add(config.generate().promptTemplate());
        Consumer<Passage> passages = p -> texts.add(p.getTitle() + ": " + p.getText());
        Corpus.file(folder.corpus(), config.data().maxPassageChars(), l -> {}).forEach(passages);
        for (Path file : QuestionSets.files(folder)) {
            for (QuestionDraft draft : QuestionFile.read(file, l -> {})) {
                texts.add(draft.text());
                texts.addAll(draft.answers());
            }
        }
        Demonstration.read(folder.demonstrations()).forEach(d -> texts.add(d.response()));
        return texts;
    }

    private void refused(RefusedLine line) {
        say.accept("left out " + line);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot copy " + from + ": " + e, e);
        }
    }
}
