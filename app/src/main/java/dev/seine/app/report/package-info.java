/** The report of a run: every figure as JSON, curves as PNG, one offline HTML page. */
@NullMarked
package dev.seine.app.report;

import org.jspecify.annotations.NullMarked;
