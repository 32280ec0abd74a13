package dev.seine.topics;

import org.apache.avro.Schema;

/**
 * A schema as one version of its subject.
 *
 * @param version from 1, without gaps
 * @param id the same for the same schema under all subjects
 */
record SchemaVersion(String subject, int version, int id, Schema schema) {}
