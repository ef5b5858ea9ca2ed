/**
 * Benchmarks times models, samplings, compressions and KV caches: the plan, the work, the scores,
 * and what is given to the report.
 */
package io.tokenreel.sweep;
