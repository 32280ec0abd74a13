/** {@code seine view}: a run's log as local web pages, found by the index and read by offset. */
package dev.seine.app.viewer;
