package dev.seine.producers.retrieval.dense;

import dev.seine.event.Passage;
import java.io.IOException;
import java.util.Collection;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;

/** How a passage and its vector lie in a Lucene index. */
final class VectorDocuments {
    static final String ID = "id";
    static final String SOURCE = "source";
    static final String VECTOR = "vector";

    private static final String TITLE = "title";
    private static final String TEXT = "text";

    private VectorDocuments() {}

    static Document document(Embedded embedded) {
        Passage passage = embedded.passage();
        Document document = new Document();
        document.add(new StringField(ID, passage.getId(), Field.Store.YES));
        document.add(new StoredField(TITLE, passage.getTitle()));
        document.add(new StoredField(TEXT, passage.getText()));
        document.add(new StringField(SOURCE, embedded.source(), Field.Store.NO));
        document.add(new KnnFloatVectorField(VECTOR, embedded.vector(), VectorSimilarityFunction.DOT_PRODUCT));
        return document;
    }

    static Term id(String id) {
        return new Term(ID, id);
    }

    /** Documents with one of these values. */
    static Query anyOf(String field, Collection<String> values) {
        return new TermInSetQuery(field, values.stream().map(BytesRef::new).toList());
    }

    /** The passage of a hit; Lucene's score of unit vectors is (1 + cosine) / 2. */
    static Passage passage(StoredFields fields, int number, float score) throws IOException {
        Document document = fields.document(number);
        return Passage.newBuilder()
                .setId(document.get(ID))
                .setTitle(document.get(TITLE))
                .setText(document.get(TEXT))
                .setScore(2 * score - 1)
                .build();
    }
}
