package io.tokenreel.bench;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Selections on one thread beside a vectorised sum over the f32 form of the same block, which is
 * about as fast as memory can be read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class KernelBenchmark {

  private static final long SEED = 3;

  /** {@code frames x tokens per frame x channels}. */
  @Param({"32x196x3584", "32x196x896", "64x169x3584"})
  public String shape;

  private TokenBlock f32;
  private TokenBlock bf16;
  private TokenCompressor vidcom2;
  private TokenCompressor dycoke;
  private TokenCompressor evs;

  @Setup
  public void makeBlocks() {
    String[] sizes = shape.split("x", 3);
    int perFrame = Integer.parseInt(sizes[1]);
    TokenShape tokens =
        new TokenShape(Integer.parseInt(sizes[0]), 1, perFrame, Integer.parseInt(sizes[2]));
    Random random = new Random(SEED);
    float[] values = new float[Math.toIntExact(tokens.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() + random.nextFloat() - 1;
    }
    f32 = TokenBlock.ofFloats(tokens, values);
    bf16 = f32.as(TokenFormat.BF16);
    vidcom2 = Compressors.of("vidcom2:retention=0.25");
    dycoke = Compressors.of("dycoke:prune=0.7");
    evs = Compressors.of("evs:prune=0.75");
  }

  /** The yardstick. */
  @Benchmark
  public float sum() {
    return VectorSum.of(f32.data());
  }

  @Benchmark
  public Kept vidcom2F32() {
    return vidcom2.select(f32);
  }

  @Benchmark
  public Kept vidcom2Bf16() {
    return vidcom2.select(bf16);
  }

  @Benchmark
  public Kept dycokeF32() {
    return dycoke.select(f32);
  }

  @Benchmark
  public Kept dycokeBf16() {
    return dycoke.select(bf16);
  }

  @Benchmark
  public Kept evsF32() {
    return evs.select(f32);
  }

  @Benchmark
  public Kept evsBf16() {
    return evs.select(bf16);
  }
}
