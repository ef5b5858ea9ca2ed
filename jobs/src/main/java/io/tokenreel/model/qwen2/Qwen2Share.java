package io.tokenreel.model.qwen2;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.engine.RowTimesMatrix;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.Weights;
import io.tokenreel.model.kv.KvPair;
import io.tokenreel.model.safetensors.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A share of every layer's heads and MLP channels, and of the vocabulary. What the shares of a
 * layer compute adds up; what those of the vocabulary compute lies side by side. Thread-safe.
 *
 * <p>A single row, as decoding feeds them, goes through MLP and head by {@link RowTimesMatrix}
 * where that is possible, and by TorchScript as several rows do where it is not.
 */
final class Qwen2Share implements AutoCloseable {

  private final List<NDList> attention = new ArrayList<>();
  private final List<NDList> mlp = new ArrayList<>();
  private final List<Optional<RowAttention>> rowAttentions = new ArrayList<>();
  private final List<Optional<RowMlp>> rowMlps = new ArrayList<>();
  private final NDList head;
  private final RowNorm rowNorm;
  private final Optional<RowTimesMatrix> rowHead;
  private final TorchFunction attentionFunction;
  private final TorchFunction mlpFunction;
  private final TorchFunction headFunction;

  /**
   * Where new tokens stand.
   *
   * @param rotary cosines and sines of their positions, {@code (n, headSize)} each
   * @param row the first position
   * @param filled tokens in the cache's tail before them
   * @param filledArray the same number for the engine
   */
  record Place(NDArray[] rotary, RotaryTable.Row row, int filled, NDArray filledArray) {}

  /**
   * Tokens of the past whose attention is told.
   *
   * @param from the first one
   * @param array both numbers for the engine
   */
  record Watch(int from, int count, NDArray array) {

    static Watch of(NDManager manager, int from, int count) {
      return new Watch(from, count, manager.create(new long[] {from, count}));
    }
  }

  /**
   * Loads a share of the weights.
   *
   * @param manager owns what is made here, and is not closed here
   * @param share of {@code count} equal ones
   */
  Qwen2Share(NDManager manager, Qwen2Config config, Qwen2Weights weights, int share, int count) {
    NDArray epsilon = manager.create((float) config.epsilon());
    Slice heads = new Slice(share, count, config.heads(), config.headSize());
    Slice keyHeads = new Slice(share, count, config.keyHeads(), config.headSize());
    Slice inner = new Slice(share, count, config.intermediate(), 1);
    Slice words = new Slice(share, count, config.vocabulary(), 1);
    for (int i = 0; i < config.layers(); i++) {
      String layer = Qwen2Weights.layer(i);
      UnaryOperator<String> attend = name -> layer + "self_attn." + name;
      addAttention(
          Weights.load(manager, weights.tensor(layer + "input_layernorm.weight")),
          joined(
              manager,
              heads.outputs(weights.tensor(attend.apply("q_proj.weight"))),
              keyHeads.outputs(weights.tensor(attend.apply("k_proj.weight"))),
              keyHeads.outputs(weights.tensor(attend.apply("v_proj.weight")))),
          joined(
              manager,
              heads.outputs(weights.tensor(attend.apply("q_proj.bias"))),
              keyHeads.outputs(weights.tensor(attend.apply("k_proj.bias"))),
              keyHeads.outputs(weights.tensor(attend.apply("v_proj.bias")))),
          heads.inputs(manager, weights.tensor(attend.apply("o_proj.weight"))),
          epsilon);
      addMlp(
          Weights.load(manager, weights.tensor(layer + "post_attention_layernorm.weight")),
          joined(
              manager,
              inner.outputs(weights.tensor(layer + "mlp.gate_proj.weight")),
              inner.outputs(weights.tensor(layer + "mlp.up_proj.weight"))),
          inner.inputs(manager, weights.tensor(layer + "mlp.down_proj.weight")),
          epsilon);
    }
    NDArray norm = Weights.load(manager, weights.tensor(Qwen2Weights.NORM));
    NDArray vocabulary = Weights.load(manager, words.outputs(weights.head()));
    this.head = new NDList(norm, vocabulary, epsilon);
    this.rowHead = RowTimesMatrix.over(vocabulary);
    this.rowNorm = RowNorm.of(norm, config.epsilon());
    this.attentionFunction =
        TorchFunction.load(Qwen2Share.class, "attention.pt", manager.getDevice());
    this.mlpFunction = TorchFunction.load(Qwen2Share.class, "mlp.pt", manager.getDevice());
    this.headFunction = TorchFunction.load(Qwen2Share.class, "head.pt", manager.getDevice());
  }

  /** A share of {@code units} blocks of {@code size} outputs or inputs of a map. */
  private record Slice(long from, long to, int size) {

    Slice(int share, int count, int units, int size) {
      this((long) share * units / count * size, (share + 1L) * units / count * size, size);
    }

    /** Of a weight {@code (outputs, inputs)} or a bias {@code (outputs)}. */
    Tensor outputs(Tensor tensor) {
      return tensor.rows(from, to);
    }

    /** Of a weight {@code (outputs, inputs)}. */
    NDArray inputs(NDManager manager, Tensor tensor) {
      try (NDArray whole = Weights.load(manager, tensor);
          NDArray part = whole.get(new NDIndex(":, " + from + ":" + to))) {
        return contiguous(part);
      }
    }
  }

  private void addAttention(
      NDArray norm, NDArray input, NDArray inputBias, NDArray output, NDArray epsilon) {
    attention.add(new NDList(norm, input, inputBias, output, epsilon));
    rowAttentions.add(
        both(
            input,
            output,
            (first, second) ->
                new RowAttention(
                    RowNorm.of(norm, epsilon.getFloat()),
                    first,
                    inputBias.toFloatArray(),
                    second)));
  }

  private void addMlp(NDArray norm, NDArray gateUp, NDArray down, NDArray epsilon) {
    mlp.add(new NDList(norm, gateUp, down, epsilon));
    rowMlps.add(
        both(
            gateUp,
            down,
            (first, second) -> new RowMlp(RowNorm.of(norm, epsilon.getFloat()), first, second)));
  }

  /** What is made of two matrices, if single rows can go through both. */
  private static <T> Optional<T> both(
      NDArray first, NDArray second, BiFunction<RowTimesMatrix, RowTimesMatrix, T> made) {
    return RowTimesMatrix.over(first)
        .flatMap(one -> RowTimesMatrix.over(second).map(other -> made.apply(one, other)));
  }

  /** Weights or biases below each other. */
  private static NDArray joined(NDManager manager, Tensor... parts) {
    try (NDManager scope = manager.newSubManager()) {
      NDList loaded = new NDList();
      for (Tensor part : parts) {
        loaded.add(Weights.load(scope, part));
      }
      NDArray joined = NDArrays.concat(loaded);
      joined.attach(manager);
      return joined;
    }
  }

  /** A copy whose rows lie one after the other. */
  private static NDArray contiguous(NDArray view) {
    try (NDArray flat = view.flatten()) {
      return flat.reshape(view.getShape());
    }
  }

  /**
   * What this share adds to new tokens, and the attention of the last one on the watched tokens,
   * summed over the share's heads. Their keys and values are written into the tail.
   *
   * @param x {@code (n, hidden)}
   * @param watch which tokens of the past to tell the attention on
   * @return {@code (n, hidden)} and {@code (watched)}
   */
  NDList attention(int layer, NDArray x, Place place, Watch watch, KvPair past, KvPair tail) {
    if (x.getShape().get(0) == 1 && rowAttentions.get(layer).isPresent()) {
      RowAttention.Attended attended =
          rowAttentions
              .get(layer)
              .get()
              .apply(
                  x.toFloatArray(),
                  place.row(),
                  past,
                  tail,
                  place.filled(),
                  watch.from(),
                  watch.count());
      return new NDList(row(x, attended.added()), x.getManager().create(attended.watched()));
    }
    NDList arguments = new NDList(x);
    arguments.addAll(attention.get(layer));
    arguments.add(place.rotary()[0]);
    arguments.add(place.rotary()[1]);
    arguments.add(place.filledArray());
    arguments.add(watch.array());
    arguments.add(past.keys());
    arguments.add(past.values());
    arguments.add(tail.keys());
    arguments.add(tail.values());
    return attentionFunction.apply(arguments);
  }

  /**
   * What this share adds to new tokens.
   *
   * @param x {@code (n, hidden)}
   */
  NDArray mlp(int layer, NDArray x) {
    if (x.getShape().get(0) > 1 || rowMlps.get(layer).isEmpty()) {
      return mlpFunction.apply(x, mlp.get(layer));
    }
    return row(x, rowMlps.get(layer).get().apply(x.toFloatArray()));
  }

  private static NDArray row(NDArray x, float[] values) {
    return x.getManager().create(values, new Shape(1, values.length));
  }

  /**
   * Logits of this share's part of the vocabulary.
   *
   * @param x {@code (n, hidden)}, hidden states after the last layer
   */
  NDArray logits(NDArray x) {
    if (x.getShape().get(0) > 1 || rowHead.isEmpty()) {
      return headFunction.apply(x, head);
    }
    return row(x, rowHead.get().of(rowNorm.apply(x.toFloatArray())));
  }

  @Override
  public void close() {
    attentionFunction.close();
    mlpFunction.close();
    headFunction.close();
  }
}
