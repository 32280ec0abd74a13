/**
 * The atlas world: real facts about countries and cities from the Unicode CLDR, as passages, questions of one to three
 * hops and cold-start demonstrations. Small, but nothing in it is made up, except where a class says so.
 */
@NullMarked
package dev.seine.producers.atlas;

import org.jspecify.annotations.NullMarked;
