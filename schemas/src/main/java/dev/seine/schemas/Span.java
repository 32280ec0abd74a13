package dev.seine.schemas;

/** A stretch of a parsed trajectory. */
public sealed interface Span permits Span.Text, Span.Internal, Span.Query, Span.Documents, Span.Answer {

    /** The content without its tags and without surrounding white space. */
    String text();

    /** Char offset of the first char, the opening tag included. */
    int start();

    /** Char offset after the last char, the closing tag included. */
    int end();

    /** Free text, and whatever could not be read as anything else. */
    record Text(String text, int start, int end) implements Span {}

    /** A recall of what the policy knows. */
    record Internal(String text, int start, int end) implements Span {}

    /** A search. */
    record Query(String text, int start, int end) implements Span {}

    /** What a search returned. */
    record Documents(String text, int start, int end) implements Span {}

    /** The answer. */
    record Answer(String text, int start, int end) implements Span {}
}
