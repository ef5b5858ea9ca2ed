/**
 * What a run reads: folders of videos, manifests, questions. Public for the command line and
 * benchmarks; it may change with any version.
 */
package io.tokenreel.pipeline.input;
