/** The HTTP server that parts of the interface register with, and who may call it how often. */
package dev.seine.serving.http;
