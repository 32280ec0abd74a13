package dev.seine.producers.retrieval.dense;

import static io.qdrant.client.ValueFactory.value;

import io.qdrant.client.grpc.Collections.AliasDescription;
import io.qdrant.client.grpc.Collections.AliasOperations;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CreateAlias;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.DeleteAlias;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Vectors on a Qdrant server. A generation is a collection {@code NAME-1, NAME-2, ...}, the published one has the alias {@code NAME}, which
 * the server moves from one to the next in one operation. A collection that others made is searched under its own name, if its payload
 * has {@code id}, {@code title} and {@code text}, and is never written to.
 */
public final class QdrantVectorStore implements VectorStore {
    private static final String MODEL = "model";

    private final QdrantConnection qdrant;
    private final String alias;
    private final Pattern generation;
    private Optional<QdrantVectors> draft = Optional.empty();
    private String drafted = "";

    /** A store on this server; nothing is asked of it yet. */
    public QdrantVectorStore(QdrantConfig config, Optional<String> apiKey) {
        this.qdrant = new QdrantConnection(config, apiKey);
        this.alias = config.collection();
        this.generation = Pattern.compile(Pattern.quote(alias) + "-(\\d{1,9})");
    }

    @Override
    public Optional<Vectors> published() {
        return target().or(() -> collections().stream().filter(alias::equals).findFirst())
                .map(collection -> new QdrantVectors(qdrant, alias, space(collection)));
    }

    @Override
    public VectorDraft draft(VectorSpace space) {
        List<String> collections = collections();
        if (collections.contains(alias)) {
            throw new IllegalArgumentException(qdrant.config().server() + " has a collection " + alias
                    + " that is no alias: give retrieve.qdrant.collection another name to write to");
        }
        int published = target().map(this::number).orElse(0);
        int newest = collections.stream().mapToInt(this::number).max().orElse(0);
        String name = alias + "-" + Math.max(newest, published + 1);
        boolean begun = collections.contains(name);
        if (begun && !space(name).equals(space)) {
            qdrant.ask("removal of " + name, client -> client.deleteCollectionAsync(name));
            begun = false;
        }
        if (!begun) {
            create(name, space);
        }
        drafted = name;
        draft = Optional.of(new QdrantVectors(qdrant, name, space));
        return draft.get();
    }

    @Override
    public void publish() {
        QdrantVectors written = draft.orElseThrow(() -> new IllegalStateException("no draft of " + alias));
        if (written.count() == 0) {
            throw new IllegalStateException("no passage in " + drafted);
        }
        Optional<String> before = target();
        List<AliasOperations> move = new ArrayList<>();
        before.ifPresent(old -> move.add(AliasOperations.newBuilder()
                .setDeleteAlias(DeleteAlias.newBuilder().setAliasName(alias))
                .build()));
        move.add(AliasOperations.newBuilder()
                .setCreateAlias(CreateAlias.newBuilder().setAliasName(alias).setCollectionName(drafted))
                .build());
        qdrant.ask("alias " + alias, client -> client.updateAliasesAsync(move));
        draft = Optional.empty();
        collections().stream()
                .filter(name -> number(name) > 0 && !name.equals(drafted))
                .sorted(Comparator.naturalOrder())
                .forEach(old -> qdrant.ask("removal of " + old, client -> client.deleteCollectionAsync(old)));
    }

    @Override
    public void close() {
        qdrant.close();
    }

    /** The collection behind the alias. */
    private Optional<String> target() {
        return qdrant.ask("aliases", client -> client.listAliasesAsync()).stream()
                .filter(description -> description.getAliasName().equals(alias))
                .map(AliasDescription::getCollectionName)
                .findFirst();
    }

    private List<String> collections() {
        return qdrant.ask("collections", client -> client.listCollectionsAsync());
    }

    /** Number of a generation; 0 for a collection that is none. */
    private int number(String collection) {
        var matched = generation.matcher(collection);
        return matched.matches() ? Integer.parseInt(matched.group(1)) : 0;
    }

    private void create(String name, VectorSpace space) {
        CreateCollection collection = CreateCollection.newBuilder()
                .setCollectionName(name)
                .setVectorsConfig(VectorsConfig.newBuilder()
                        .setParams(VectorParams.newBuilder()
                                .setSize(space.dimension())
                                .setDistance(Distance.Cosine)))
                .putMetadata(MODEL, value(space.model()))
                .build();
        qdrant.ask("creation of " + name, client -> client.createCollectionAsync(collection));
        qdrant.ask(
                "payload index of " + name,
                client -> client.createPayloadIndexAsync(
                        name, QdrantVectors.SOURCE, PayloadSchemaType.Keyword, null, true, null, null));
    }

    /** The space of a collection; one without the name of its model is taken to be of any model of its size. */
    private VectorSpace space(String collection) {
        CollectionConfig config = qdrant.ask(
                        "state of " + collection, client -> client.getCollectionInfoAsync(collection))
                .getConfig();
        VectorParams params = config.getParams().getVectorsConfig().getParams();
        if (params.getDistance() != Distance.Cosine && params.getDistance() != Distance.Dot) {
            throw new IllegalArgumentException("collection " + collection
                    + " must have one vector of distance Cosine or Dot, got " + params.getDistance());
        }
        String model = config.getMetadataMap()
                .getOrDefault(MODEL, Value.getDefaultInstance())
                .getStringValue();
        return new VectorSpace(model.isEmpty() ? VectorSpace.ANY : model, Math.toIntExact(params.getSize()));
    }
}
