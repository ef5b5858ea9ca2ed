package io.tokenreel.bench.fuzz;

import io.tokenreel.video.Reason;
import java.util.Map;

/**
 * What became of the mutants of one sample, mutation and check.
 *
 * @param ok reported OK, with the right frames or not
 * @param failed by reason
 * @param unnoticed OK with changed frames, by change, where nothing in the file could tell
 * @param violations OK with changed frames where something could tell, or decoded past the time
 *     limit
 */
public record FuzzRow(
    String sample,
    String mutation,
    String check,
    int mutants,
    int ok,
    int degraded,
    Map<Reason, Integer> failed,
    Map<Change, Integer> unnoticed,
    int violations) {}
