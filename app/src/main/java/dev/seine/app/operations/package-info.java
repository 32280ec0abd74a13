/** What a process shows of itself to those who run it: health, meters, traces, log; and the manifests of a cluster. */
@NullMarked
package dev.seine.app.operations;

import org.jspecify.annotations.NullMarked;
