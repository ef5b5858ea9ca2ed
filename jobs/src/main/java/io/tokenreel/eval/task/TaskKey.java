package io.tokenreel.eval.task;

/**
 * A benchmark in one version: what tells the tasks of a sweep apart.
 *
 * @param task its name
 * @param version whose prompts, parser and metric it follows
 */
public record TaskKey(String task, String version) {}
