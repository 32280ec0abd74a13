/** The wire: one Avro schema per event, the trajectory markup, registry client and serde. */
package dev.seine.schemas;
