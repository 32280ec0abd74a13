package dev.seine.streams;

import dev.seine.topics.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Avro binary without a registry. */
public final class PlainSerdes implements TopicSerdes {
    @Override
    public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
        return Serdes.serdeFrom(
                (name, value) -> value == null ? null : write(topic, value),
                (name, bytes) -> bytes == null ? null : read(topic, bytes));
    }

    private static <V extends SpecificRecord> byte[] write(Topic<V> topic, V value) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new SpecificDatumWriter<>(topic.type()).write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new SerializationException(e);
        }
    }

    private static <V extends SpecificRecord> V read(Topic<V> topic, byte[] bytes) {
        try {
            return new SpecificDatumReader<V>(
                            SpecificData.getForClass(topic.type()).getSchema(topic.type()))
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        } catch (IOException | AvroRuntimeException e) {
            throw new SerializationException("not a " + topic.type().getSimpleName(), e);
        }
    }
}
