package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.ScalarKernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One digest of scores, budgets and selections, the same constant on every vector width and on the
 * scalar kernels: the build runs this test with 512, 256 and 128 bits and without vectors.
 */
class SelectionDigestTest {

  private static final String DIGEST =
      "0d822d18bd0cae5740f2db87fbe214db4f4792aec2b43de4cfd0a2d8e23e58fa";

  /** Of formats with scales. */
  private static final String SCALED_DIGEST =
      "c14a00c7a92547b10fa912b1a904bbb6707f7986d39098a38bdc13f4aaa9268d";

  private static final List<String> SPECS =
      List.of(
          "vidcom2:retention=0.25",
          "vidcom2:retention=0.25,mode=paper",
          "topk:score=norm,budget=fca,retention=0.5",
          "dycoke:prune=0.5,mode=paper");

  @Test
  void selections_onThisVectorWidth_haveTheKnownDigest() {
    assertEquals(DIGEST, digest(Kernels.best(), false));
    assertEquals(SCALED_DIGEST, digest(Kernels.best(), true));
  }

  @Test
  void selections_onScalarKernels_haveTheKnownDigest() {
    assertEquals(DIGEST, digest(new ScalarKernels(), false));
    assertEquals(SCALED_DIGEST, digest(new ScalarKernels(), true));
  }

  /**
   * @param scaled of formats with scales, or of those without
   */
  private static String digest(Kernels kernels, boolean scaled) {
    MessageDigest digest = sha256();
    for (Kind kind : Kind.values()) {
      for (int dim : new int[] {1, 5, 24, 97, 640}) {
        TokenBlock block = RandomBlocks.of(kind, 6, 11, dim, dim);
        for (TokenFormat dtype : TokenFormat.values()) {
          if (dtype.scaled() == scaled && RandomBlocks.fits(kind, dtype)) {
            update(digest, kernels, block.as(dtype));
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, Kernels kernels, TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    GaussianSimilarity similarity = GaussianSimilarity.of(rows);
    CosineUniqueness uniqueness = CosineUniqueness.of(rows);
    update(digest, similarity.video());
    update(digest, similarity.frame());
    update(digest, uniqueness.video());
    update(digest, uniqueness.frame());
    for (String spec : SPECS) {
      TokenCompressor compressor = Compressors.of(spec, kernels);
      update(digest, compressor.frameBudgets(block));
      for (int index : compressor.select(block).places()) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, index));
      }
    }
  }

  private static void update(MessageDigest digest, double[] values) {
    for (double value : values) {
      digest.update(ByteBuffer.allocate(Double.BYTES).putDouble(0, value));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
