package io.tokenreel.bench.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A damaged file. Its seed alone says which sample, which mutation and what of it, so that any
 * mutant can be made again; mutants with seeds in a row take samples and mutations in turn.
 *
 * @param bytes of the damaged file, other than the sample's
 */
record Mutant(long seed, FuzzSample sample, Mutation mutation, byte[] bytes) {

  static Mutant of(long seed, List<FuzzSample> samples) {
    Mutation[] mutations = Mutation.values();
    int turn = (int) Math.floorMod(seed, (long) samples.size() * mutations.length);
    FuzzSample sample = samples.get(turn % samples.size());
    Mutation mutation = mutations[turn / samples.size()];
    Random random = new Random(seed);
    byte[] bytes;
    do {
      bytes = mutation.apply(sample.bytes(), random);
    } while (Arrays.equals(bytes, sample.bytes()));
    return new Mutant(seed, sample, mutation, bytes);
  }
}
