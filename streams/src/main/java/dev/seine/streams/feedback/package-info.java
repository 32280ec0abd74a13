/** What people say of live answers, joined with what was answered. */
package dev.seine.streams.feedback;
