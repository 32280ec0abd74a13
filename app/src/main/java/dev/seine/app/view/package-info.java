/** The live view of a run: a panel on a terminal, plain lines elsewhere. */
package dev.seine.app.view;
