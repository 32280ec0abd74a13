/** Retrieval on the command line: which retriever a run uses, imports of corpora, and how well and how fast is found. */
@NullMarked
package dev.seine.app.search;

import org.jspecify.annotations.NullMarked;
