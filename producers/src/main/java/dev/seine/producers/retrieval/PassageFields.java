package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import java.io.IOException;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;

/** How a passage lies in a Lucene index. */
final class PassageFields {
    static final String ID = "id";
    static final String TITLE = "title";
    static final String TEXT = "text";

    private static final String LINE = "line";

    private PassageFields() {}

    /** The document of a passage that stood in this line of its file; 0 if it stood in none. */
    static Document document(Passage passage, long line) {
        Document document = new Document();
        document.add(new StringField(ID, passage.getId(), Field.Store.YES));
        document.add(new TextField(TITLE, passage.getTitle(), Field.Store.YES));
        document.add(new TextField(TEXT, passage.getText(), Field.Store.YES));
        if (line > 0) {
            document.add(new StoredField(LINE, line));
        }
        return document;
    }

    /** The passage of a document. */
    static Passage passage(StoredFields fields, int number, float score) throws IOException {
        Document document = fields.document(number);
        return Passage.newBuilder()
                .setId(document.get(ID))
                .setTitle(document.get(TITLE))
                .setText(document.get(TEXT))
                .setScore(score)
                .build();
    }

    /** The line that a document's passage stood in. */
    static long line(StoredFields fields, int number) throws IOException {
        return fields.document(number).getField(LINE).numericValue().longValue();
    }

    /** Merges only neighbours, one after the other, so that document numbers keep the order of the corpus. */
    static IndexWriterConfig writing(Analyzer analyzer) {
        return new IndexWriterConfig(analyzer)
                .setMergePolicy(new LogDocMergePolicy())
                .setMergeScheduler(new SerialMergeScheduler())
                .setCommitOnClose(false);
    }
}
