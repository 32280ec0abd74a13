package dev.seine.topics;

import dev.seine.schemas.Compatibility;
import dev.seine.schemas.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** What a registry knows, rebuilt from its log. Changes are asked for here, logged by the caller, and then applied. */
final class RegistryState {
    private final NavigableMap<String, NavigableMap<Integer, SchemaVersion>> subjects = new TreeMap<>();
    private final Map<Integer, Schema> byId = new HashMap<>();
    private final Map<String, Integer> idByText = new HashMap<>();
    private final Map<String, Compatibility> levels = new HashMap<>();
    private Compatibility global = Compatibility.BACKWARD;
    private int nextId = 1;

    void apply(SchemaVersion added) {
        subjects.computeIfAbsent(added.subject(), subject -> new TreeMap<>()).put(added.version(), added);
        applyId(added);
    }

    /** A version that was deleted is gone from its subject, but records that were written with it stay readable. */
    void applyId(SchemaVersion known) {
        byId.put(known.id(), known.schema());
        idByText.putIfAbsent(known.schema().toString(), known.id());
        nextId = Math.max(nextId, known.id() + 1);
    }

    /** Sets the level of the subject, or the global one. */
    void apply(Optional<String> subject, Compatibility level) {
        if (subject.isPresent()) {
            levels.put(subject.get(), level);
        } else {
            global = level;
        }
    }

    /** The version this schema would become; refused if it does not fit the earlier ones. */
    SchemaVersion next(String subject, Schema schema) {
        List<String> faults = faults(subject, schema, Optional.empty());
        if (!faults.isEmpty()) {
            throw new RegistryRefusal(
                    409,
                    RegistryException.INCOMPATIBLE,
                    "Schema being registered is incompatible with an earlier schema for subject \"" + subject + "\" ("
                            + level(subject) + "): " + String.join("; ", faults));
        }
        int version = subjects.containsKey(subject) ? subjects.get(subject).lastKey() + 1 : 1;
        return new SchemaVersion(subject, version, idByText.getOrDefault(schema.toString(), nextId), schema);
    }

    Optional<SchemaVersion> find(String subject, Schema schema) {
        String text = schema.toString();
        return subjects.getOrDefault(subject, new TreeMap<>()).values().stream()
                .filter(version -> version.schema().toString().equals(text))
                .findFirst();
    }

    NavigableMap<Integer, SchemaVersion> versions(String subject) {
        return Optional.ofNullable(subjects.get(subject)).orElseThrow(() -> RegistryRefusal.noSubject(subject));
    }

    SchemaVersion version(String subject, int version) {
        return Optional.ofNullable(versions(subject).get(version))
                .orElseThrow(() -> RegistryRefusal.noVersion(Integer.toString(version)));
    }

    Schema byId(int id) {
        return Optional.ofNullable(byId.get(id)).orElseThrow(() -> RegistryRefusal.noSchema(Integer.toString(id)));
    }

    Set<String> subjects() {
        return subjects.keySet();
    }

    Compatibility global() {
        return global;
    }

    Optional<Compatibility> ownLevel(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    /** Why the schema does not fit the subject's version, or, where none is given, those that the level asks for. */
    List<String> faults(String subject, Schema schema, Optional<SchemaVersion> version) {
        Compatibility level = level(subject);
        NavigableMap<Integer, SchemaVersion> all = subjects.getOrDefault(subject, new TreeMap<>());
        Collection<SchemaVersion> latest =
                all.isEmpty() ? List.of() : List.of(all.lastEntry().getValue());
        Collection<SchemaVersion> against =
                version.<Collection<SchemaVersion>>map(List::of).orElse(level.transitive() ? all.values() : latest);
        List<String> faults = new ArrayList<>();
        for (SchemaVersion earlier : against) {
            if (level.readsOlder()) {
                check(schema, earlier.schema(), "cannot read version " + earlier.version(), faults);
            }
            if (level.readByOlder()) {
                check(earlier.schema(), schema, "cannot be read by version " + earlier.version(), faults);
            }
        }
        return faults;
    }

    private Compatibility level(String subject) {
        return levels.getOrDefault(subject, global);
    }

    private static void check(Schema reader, Schema writer, String what, List<String> faults) {
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .forEach(fault -> faults.add(
                        what + ": " + fault.getType() + " at " + fault.getLocation() + ": " + fault.getMessage()));
    }
}
