/** Checks of the machine and the services that a run needs. */
@NullMarked
package dev.seine.app.doctor;

import org.jspecify.annotations.NullMarked;
