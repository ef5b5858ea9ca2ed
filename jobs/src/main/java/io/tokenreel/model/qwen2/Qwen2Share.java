package io.tokenreel.model.qwen2;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.Weights;
import io.tokenreel.model.kv.KvPair;
import io.tokenreel.model.safetensors.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A share of every layer's heads and MLP channels, and of the vocabulary. What the shares of a
 * layer compute adds up; what those of the vocabulary compute lies side by side. Thread-safe.
 */
final class Qwen2Share implements AutoCloseable {

  private final List<NDList> attention = new ArrayList<>();
  private final List<NDList> mlp = new ArrayList<>();
  private final NDList head;
  private final TorchFunction attentionFunction;
  private final TorchFunction mlpFunction;
  private final TorchFunction headFunction;

  /**
   * Where new tokens stand.
   *
   * @param rotary cosines and sines of their positions, {@code (n, headSize)} each
   * @param filled tokens in the cache's tail before them
   * @param watched first visual token, and how many of them to tell the attention on
   */
  record Place(NDArray[] rotary, NDArray filled, NDArray watched) {}

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
    for (int i = 0; i < config.layers(); i++) {
      String layer = Qwen2Weights.layer(i);
      NDList attention = new NDList();
      attention.add(Weights.load(manager, weights.tensor(layer + "input_layernorm.weight")));
      heads.addMap(attention, manager, weights, layer + "self_attn.q_proj");
      keyHeads.addMap(attention, manager, weights, layer + "self_attn.k_proj");
      keyHeads.addMap(attention, manager, weights, layer + "self_attn.v_proj");
      attention.add(heads.columns(manager, weights.tensor(layer + "self_attn.o_proj.weight")));
      attention.add(epsilon);
      this.attention.add(attention);
      mlp.add(
          new NDList(
              Weights.load(manager, weights.tensor(layer + "post_attention_layernorm.weight")),
              inner.rows(manager, weights.tensor(layer + "mlp.gate_proj.weight")),
              inner.rows(manager, weights.tensor(layer + "mlp.up_proj.weight")),
              inner.columns(manager, weights.tensor(layer + "mlp.down_proj.weight")),
              epsilon));
    }
    this.head =
        new NDList(
            Weights.load(manager, weights.tensor(Qwen2Weights.NORM)),
            new Slice(share, count, config.vocabulary(), 1).rows(manager, weights.head()),
            epsilon);
    this.attentionFunction =
        TorchFunction.load(Qwen2Share.class, "attention.pt", manager.getDevice());
    this.mlpFunction = TorchFunction.load(Qwen2Share.class, "mlp.pt", manager.getDevice());
    this.headFunction = TorchFunction.load(Qwen2Share.class, "head.pt", manager.getDevice());
  }

  /** A share of {@code units} rows or columns blocks of {@code size} each. */
  private record Slice(long from, long to, int size) {

    Slice(int share, int count, int units, int size) {
      this((long) share * units / count * size, (share + 1L) * units / count * size, size);
    }

    NDArray rows(NDManager manager, Tensor tensor) {
      return Weights.load(manager, tensor.rows(from, to));
    }

    NDArray columns(NDManager manager, Tensor tensor) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray whole = Weights.load(scope, tensor);
        NDArray part = whole.get(new NDIndex(":, " + from + ":" + to)).duplicate();
        part.attach(manager);
        return part;
      }
    }

    /** Weight (heads, head size, hidden) and bias (heads, head size). */
    void addMap(NDList arguments, NDManager manager, Qwen2Weights weights, String name) {
      NDArray weight = rows(manager, weights.tensor(name + ".weight"));
      arguments.add(weight.reshape((to - from) / size, size, weight.getShape().get(1)));
      arguments.add(
          rows(manager, weights.tensor(name + ".bias")).reshape((to - from) / size, size));
    }
  }

  /**
   * What this share adds to new tokens, and the attention of the last one on the watched tokens,
   * summed over the share's heads. Their keys and values are written into the tail.
   *
   * @param x {@code (n, hidden)}
   * @return {@code (n, hidden)} and {@code (watched)}
   */
  NDList attention(int layer, NDArray x, Place place, KvPair past, KvPair tail) {
    NDList arguments = new NDList(x);
    arguments.addAll(attention.get(layer));
    arguments.add(place.rotary()[0]);
    arguments.add(place.rotary()[1]);
    arguments.add(place.filled());
    arguments.add(place.watched());
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
    return mlpFunction.apply(x, mlp.get(layer));
  }

  /**
   * Logits of this share's part of the vocabulary.
   *
   * @param x {@code (n, hidden)}, hidden states after the last layer
   */
  NDArray logits(NDArray x) {
    return headFunction.apply(x, head);
  }

  @Override
  public void close() {
    attentionFunction.close();
    mlpFunction.close();
    headFunction.close();
  }
}
