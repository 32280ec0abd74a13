package dev.seine.streams.memory;

import java.util.Optional;

/** A passage as shown: what it says, what it is about, and its identity in the corpus if it is known. */
record Fact(String title, String text, Optional<String> passageId) {}
