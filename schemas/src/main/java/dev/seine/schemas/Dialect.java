package dev.seine.schemas;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two ways to mark up a trajectory; arXiv 2505.17005 (R1-Searcher++) and arXiv 2503.05592 (R1-Searcher). */
public enum Dialect {
    /** Recall, search and a boxed answer. */
    R1_SEARCHER_PP(
            "r1-searcher++",
            "<internal>",
            "</internal>",
            "<external>",
            "</external>",
            "<document>",
            "</document>",
            "\\boxed{",
            "}"),
    /** Search inside a think block that the prompt opens, and an answer block. */
    R1_SEARCHER(
            "r1-searcher",
            "",
            "",
            "<|begin_of_query|>",
            "<|end_of_query|>",
            "<|begin_of_documents|>",
            "<|end_of_documents|>",
            "<answer>",
            "</answer>");

    private final String id;
    private final String internalOpen;
    private final String internalClose;
    private final String queryOpen;
    private final String queryClose;
    private final String documentsOpen;
    private final String documentsClose;
    private final String answerOpen;
    private final String answerClose;

    Dialect(
            String id,
            String internalOpen,
            String internalClose,
            String queryOpen,
            String queryClose,
            String documentsOpen,
            String documentsClose,
            String answerOpen,
            String answerClose) {
        this.id = id;
        this.internalOpen = internalOpen;
        this.internalClose = internalClose;
        this.queryOpen = queryOpen;
        this.queryClose = queryClose;
        this.documentsOpen = documentsOpen;
        this.documentsClose = documentsClose;
        this.answerOpen = answerOpen;
        this.answerClose = answerClose;
    }

    /**
     * The dialect with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Dialect of(String id) {
        for (Dialect dialect : values()) {
            if (dialect.id.equals(id)) {
                return dialect;
            }
        }
        throw new IllegalArgumentException("dialect must be one of "
                + Arrays.stream(values()).map(Dialect::id).collect(Collectors.joining(", ")) + ", got '" + id + "'");
    }

    /** Name in events and configuration. */
    public String id() {
        return id;
    }

    /** Opens a recall; empty if the dialect has none. */
    public String internalOpen() {
        return internalOpen;
    }

    /** Closes a recall; empty if the dialect has none. */
    public String internalClose() {
        return internalClose;
    }

    /** Opens a search query. */
    public String queryOpen() {
        return queryOpen;
    }

    /** Closes a search query; generation stops here. */
    public String queryClose() {
        return queryClose;
    }

    /** Opens the passages that the environment inserts. */
    public String documentsOpen() {
        return documentsOpen;
    }

    /** Closes the passages. */
    public String documentsClose() {
        return documentsClose;
    }

    /** Opens the answer. */
    public String answerOpen() {
        return answerOpen;
    }

    /** Closes the answer. */
    public String answerClose() {
        return answerClose;
    }

    /** The tags of recall, query and documents, opening before closing: what a policy's vocabulary needs as words of their own. */
    public List<String> tags() {
        return Stream.of(internalOpen, internalClose, queryOpen, queryClose, documentsOpen, documentsClose)
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    /** Opens the thinking, in the prompt; empty if the dialect has none. */
    public String thinkOpen() {
        return this == R1_SEARCHER ? "<think>" : "";
    }

    /** Closes the thinking; empty if the dialect has none. */
    public String thinkClose() {
        return this == R1_SEARCHER ? "</think>" : "";
    }
}
