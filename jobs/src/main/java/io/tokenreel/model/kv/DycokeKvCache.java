package io.tokenreel.model.kv;

import ai.djl.ndarray.NDManager;
import io.tokenreel.compress.TopValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A sequence under {@link DycokeKv}. */
final class DycokeKvCache extends KvCache {

  private final DycokeKv spec;
  private final int keep;
  private boolean decoding;
  private boolean seesAll = true;
  private double[] reference;

  /** Of the layers from L on; empty until the first choice. */
  private List<KvBlock> chosen = List.of();

  DycokeKvCache(
      DycokeKv spec, NDManager parent, KvShape shape, SharedPrefix prefix, KvMeter resident) {
    super(parent, shape, prefix, resident);
    this.spec = spec;
    this.keep = (int) (prefix.visualCount() * (1 - spec.prune()));
  }

  @Override
  KvBlock past(int layer) {
    return seesAll || layer < spec.layer() ? super.past(layer) : chosen.get(layer - spec.layer());
  }

  @Override
  public void beginDecoding() {
    decoding = true;
  }

  @Override
  public int watchedLayer() {
    boolean settled = spec.reserve() == DycokeKv.Reserve.DROP && reference != null;
    return decoding && keep < prefix.visualCount() && !settled ? spec.layer() - 1 : NONE;
  }

  @Override
  public void observe(float[] attention) {
    double[] seen = new double[attention.length];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = attention[i];
    }
    boolean alike = reference != null && cosine(seen, reference) >= spec.refresh();
    switch (spec.mode()) {
      case PAPER -> {
        if (!alike) {
          choose(seen);
          reference = seen;
        }
      }
      case RELEASE -> {
        seesAll = alike;
        if (!alike) {
          choose(seen);
        }
        reference = seen;
      }
    }
  }

  private void choose(double[] attention) {
    int[] places =
        IntStream.concat(
                IntStream.range(0, prefix.visualFrom()),
                IntStream.of(TopValues.indices(attention, 0, attention.length, keep))
                    .map(token -> prefix.visualFrom() + token))
            .toArray();
    boolean first = chosen.isEmpty();
    List<KvBlock> next = new ArrayList<>();
    for (int layer = spec.layer(); layer < shape.layers(); layer++) {
      KvBlock block = prefix.layer(layer).select(manager, places);
      count(block.bytes());
      next.add(block);
      if (!first) {
        forget(chosen.get(layer - spec.layer()));
      } else if (frees()) {
        leave(layer);
      }
    }
    chosen = next;
    seesAll = false;
  }

  private boolean frees() {
    return spec.mode() == DycokeKv.Mode.PAPER;
  }

  private void leave(int layer) {
    long bytes = prefix.layer(layer).bytes();
    if (spec.reserve() == DycokeKv.Reserve.DROP) {
      own().add(-bytes, 0);
      prefix.release(layer);
    } else {
      own().add(-bytes, bytes);
      prefix.keepInReserve(layer, spec.reserve() == DycokeKv.Reserve.HOST);
    }
  }

  private void forget(KvBlock block) {
    count(-block.bytes());
    block.close();
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squares = 0;
    double otherSquares = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squares += a[i] * a[i];
      otherSquares += b[i] * b[i];
    }
    return dot == 0 ? 0 : dot / Math.sqrt(squares * otherSquares);
  }

  @Override
  KvCache sibling() {
    if (decoding) {
      throw new IllegalStateException("a sequence is forked before it is decoded");
    }
    return new DycokeKvCache(spec, manager.getParentManager(), shape, prefix, resident);
  }

  @Override
  void releasePrefix() {
    boolean left = !chosen.isEmpty() && frees();
    for (int layer = 0; layer < shape.layers(); layer++) {
      if (layer < spec.layer() || !left) {
        prefix.release(layer);
      } else if (spec.reserve() != DycokeKv.Reserve.DROP) {
        prefix.releaseReserve(layer);
      }
    }
  }

  @Override
  public void close() {
    for (KvBlock block : chosen) {
      count(-block.bytes());
    }
    super.close();
  }
}
