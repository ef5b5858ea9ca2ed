package io.tokenreel.bench.fuzz;

/**
 * A mutant that broke the promise.
 *
 * @param seed that makes it again
 * @param what for a person
 */
public record FuzzViolation(long seed, String what) {}
