/** What a process shows of itself to those who run it: health, meters, traces, log; and the manifests of a cluster. */
package dev.seine.app.operations;
