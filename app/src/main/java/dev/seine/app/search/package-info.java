/** Retrieval on the command line: which retriever a run uses, imports of corpora, and how well and how fast is found. */
package dev.seine.app.search;
