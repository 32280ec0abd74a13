/** The report of a run: every figure as JSON, curves as PNG, one offline HTML page. */
package dev.seine.app.report;
