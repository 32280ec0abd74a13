/** Questions from files, and their way into the log in training order. */
package dev.seine.producers.questions;
