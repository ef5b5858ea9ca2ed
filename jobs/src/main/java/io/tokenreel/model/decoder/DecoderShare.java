package io.tokenreel.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.model.kv.cache.KvPair;
import io.tokenreel.model.safetensors.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A share of every layer's heads and MLP channels, and of the vocabulary. What the shares of a
 * layer compute adds up; what those of the vocabulary compute lies side by side. Thread-safe.
 *
 * <p>This is for any number of rows, by TorchScript; {@link #rows} is for one.
 */
final class DecoderShare implements AutoCloseable {

  private final OpenParts parts = new OpenParts();
  private final List<NDList> attention = new ArrayList<>();
  private final List<NDList> mlp = new ArrayList<>();
  private final List<NDList> vocabulary; // of each slice: norm, weights, epsilon
  private final Optional<RowShare> rows;
  private final TorchFunction attentionFunction;
  private final TorchFunction mlpFunction;
  private final TorchFunction headFunction;

  /**
   * Where new tokens stand.
   *
   * @param rotary cosines and sines of their positions, {@code (n, headSize)} each
   * @param filled tokens in the cache's tail before them
   */
  record Place(NDArray[] rotary, NDArray filled) {}

  /**
   * Loads a share of the weights.
   *
   * @param loader of the device; its manager owns what is made here
   * @param share of {@code count} equal ones
   */
  DecoderShare(
      WeightLoader loader, DecoderConfig config, DecoderWeights weights, int share, int count) {
    NDArray epsilon = loader.scalar((float) config.epsilon());
    Slice heads = new Slice(share, count, config.heads(), config.headSize());
    Slice keyHeads = new Slice(share, count, config.keyHeads(), config.headSize());
    Slice inner = new Slice(share, count, config.intermediate(), 1);
    Slice words = new Slice(share, count, config.vocabulary(), 1);
    for (int i = 0; i < config.layers(); i++) {
      String layer = DecoderWeights.layer(i);
      attention.add(attention(loader, config, weights, layer, heads, keyHeads));
      mlp.add(
          new NDList(
              loader.values(weights.tensor(layer + "post_attention_layernorm.weight")),
              loader.matrix(
                  inner.outputs(weights.tensor(layer + "mlp.gate_proj.weight")),
                  inner.outputs(weights.tensor(layer + "mlp.up_proj.weight"))),
              inner.inputs(loader, weights.tensor(layer + "mlp.down_proj.weight")),
              epsilon));
    }
    NDArray norm = loader.values(weights.tensor(DecoderWeights.NORM));
    this.vocabulary =
        loader.slices(words.outputs(weights.head())).stream()
            .map(slice -> new NDList(norm, slice, epsilon))
            .toList();
    this.rows = RowShare.over(attention, mlp, vocabulary, loader.type());
    try {
      this.attentionFunction = parts.add(loader.function(DecoderShare.class, "attention.pt"));
      this.mlpFunction = parts.add(loader.function(DecoderShare.class, "mlp.pt"));
      this.headFunction = parts.add(loader.function(DecoderShare.class, "head.pt"));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  /**
   * A layer's attention in the order of the helper's arguments: norm, query, key and value weights
   * below each other, their biases, output weights, the norms of queries and keys (empty without),
   * epsilon.
   */
  private static NDList attention(
      WeightLoader loader,
      DecoderConfig config,
      DecoderWeights weights,
      String layer,
      Slice heads,
      Slice keyHeads) {
    UnaryOperator<String> name = part -> layer + "self_attn." + part;
    NDArray input =
        loader.matrix(
            heads.outputs(weights.tensor(name.apply("q_proj.weight"))),
            keyHeads.outputs(weights.tensor(name.apply("k_proj.weight"))),
            keyHeads.outputs(weights.tensor(name.apply("v_proj.weight"))));
    boolean biased = config.kind().hasBiases();
    return new NDList(
        loader.values(weights.tensor(layer + "input_layernorm.weight")),
        input,
        biased
            ? loader.values(
                heads.outputs(weights.tensor(name.apply("q_proj.bias"))),
                keyHeads.outputs(weights.tensor(name.apply("k_proj.bias"))),
                keyHeads.outputs(weights.tensor(name.apply("v_proj.bias"))))
            : loader.zeros(input.getShape().get(0)),
        heads.inputs(loader, weights.tensor(name.apply("o_proj.weight"))),
        biased ? loader.zeros(0) : loader.values(weights.tensor(name.apply("q_norm.weight"))),
        biased ? loader.zeros(0) : loader.values(weights.tensor(name.apply("k_norm.weight"))),
        loader.scalar((float) config.epsilon()));
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
    NDArray inputs(WeightLoader loader, Tensor tensor) {
      return loader.columns(tensor, from, to);
    }
  }

  /** The same for a single row, where it can be computed without the engine. */
  Optional<RowShare> rows() {
    return rows;
  }

  /**
   * What this share adds to new tokens, and the attention of the last one on the watched tokens,
   * summed over the share's heads. Their keys and values are written into the tail.
   *
   * @param x {@code (n, hidden)}
   * @param watch places of the tokens of the past to tell the attention on
   * @return {@code (n, hidden)} and {@code (watched)}
   */
  NDList attention(int layer, NDArray x, Place place, NDArray watch, KvPair past, KvPair tail) {
    NDList arguments = new NDList(x);
    arguments.addAll(attention.get(layer));
    arguments.add(place.rotary()[0]);
    arguments.add(place.rotary()[1]);
    arguments.add(place.filled());
    arguments.add(watch);
    arguments.add(past.keys());
    arguments.add(past.values());
    arguments.add(tail.keys());
    arguments.add(tail.values());
    return attentionFunction.apply(arguments);
  }

  /** The shares' sums over their heads, as a mean over all heads. */
  static float[] mean(List<float[]> sums, int heads) {
    float[] mean = new float[sums.get(0).length];
    for (float[] sum : sums) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += sum[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= heads;
    }
    return mean;
  }

  /**
   * What this share adds to new tokens.
   *
   * @param x {@code (n, hidden)}
   */
  NDArray mlp(int layer, NDArray x) {
    return mlpFunction.apply(x, mlp.get(layer));
  }

  /**
   * Logits of this share's part of the vocabulary.
   *
   * @param x {@code (n, hidden)}, hidden states after the last layer
   */
  NDArray logits(NDArray x) {
    NDList slices = new NDList();
    vocabulary.forEach(slice -> slices.add(headFunction.apply(x, slice)));
    return slices.size() == 1 ? slices.get(0) : NDArrays.concat(slices, 1);
  }

  @Override
  public void close() {
    parts.close();
  }
}
