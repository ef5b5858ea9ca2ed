package io.tokenreel.bench.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** A way in which a file gets damaged. */
enum Mutation {
  /** The end is missing. */
  CUT {
    @Override
    byte[] apply(byte[] whole, Random random) {
      return Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
    }
  },

  /** One to {@value #MOST_FLIPS} bits anywhere have the other value. */
  FLIP {
    @Override
    byte[] apply(byte[] whole, Random random) {
      byte[] damaged = whole.clone();
      int flips = 1 + random.nextInt(MOST_FLIPS);
      for (int i = 0; i < flips; i++) {
        flip(damaged, random.nextInt(whole.length), random);
      }
      return damaged;
    }
  },

  /** Two stretches of the same length have changed places. */
  SWAP {
    @Override
    byte[] apply(byte[] whole, Random random) {
      int length = LEAST_SWAPPED + random.nextInt(whole.length / 8);
      int first = random.nextInt(whole.length - 2 * length);
      int second = first + length + random.nextInt(whole.length - 2 * length - first + 1);
      byte[] damaged = whole.clone();
      System.arraycopy(whole, first, damaged, second, length);
      System.arraycopy(whole, second, damaged, first, length);
      return damaged;
    }
  },

  /** The container's own bytes are wrong: a bit, a number, or a run of zeros, at up to 3 places. */
  INDEX {
    @Override
    byte[] apply(byte[] whole, Random random) {
      BitSet pictures = Layout.of(whole).pictures();
      int[] own = IntStream.range(0, whole.length - 8).filter(at -> !pictures.get(at)).toArray();
      byte[] damaged = whole.clone();
      int places = 1 + random.nextInt(3);
      for (int i = 0; i < places; i++) {
        int at = own[random.nextInt(own.length)];
        switch (random.nextInt(3)) {
          case 0 -> flip(damaged, at, random);
          case 1 -> ByteBuffer.wrap(damaged).putInt(at, NUMBERS[random.nextInt(NUMBERS.length)]);
          default -> Arrays.fill(damaged, at, at + 1 + random.nextInt(8), (byte) 0);
        }
      }
      return damaged;
    }
  };

  private static final int MOST_FLIPS = 8;
  private static final int LEAST_SWAPPED = 16;

  /** What parsers forget. */
  private static final int[] NUMBERS = {
    0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7fff, 0xffff, 0x01000000
  };

  /** Damages a copy, which by chance may be as it was. */
  abstract byte[] apply(byte[] whole, Random random);

  /** Lower case, as it is printed. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static void flip(byte[] bytes, int at, Random random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
  }
}
