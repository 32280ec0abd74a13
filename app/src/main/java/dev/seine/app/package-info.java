/** The command line, the run configuration, the local run and its report. */
package dev.seine.app;
