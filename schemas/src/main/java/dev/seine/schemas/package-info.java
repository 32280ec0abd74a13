/** The wire: one Avro schema per event, the trajectory markup, registry client and serde. */
@NullMarked
package dev.seine.schemas;

import org.jspecify.annotations.NullMarked;
