/** Checks of the machine and the services that a run needs. */
package dev.seine.app.doctor;
