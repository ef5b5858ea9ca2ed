/**
 * Runs, which read, transform and write in waves. {@link io.tokenreel.pipeline.run.RunSummary} and
 * {@link io.tokenreel.pipeline.run.AnswerSummary}, with what they hold, are the Java API's; the
 * rest is public for the command line, sweeps and benchmarks, and may change with any version.
 */
package io.tokenreel.pipeline.run;
