/** What people say of answers, over HTTP. */
package dev.seine.serving.feedback;
