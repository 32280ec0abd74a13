/** Rewards as a Kafka Streams topology: groups close, are scored, and go on together. */
package dev.seine.streams;
