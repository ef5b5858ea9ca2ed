package io.tokenreel.job;

/**
 * A cell that could not be answered.
 *
 * @param detail one line for a person
 */
public record SweepFailure(
    String model, String sampling, String compression, String kv, String detail) {}
