package io.tokenreel.model.qwen2;

import ai.djl.Device;
import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.kv.KvCache;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.SharedPrefix;
import io.tokenreel.model.prompt.PromptTemplate;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.TextTokenizer;

/** A Qwen2 with its tokenizer. */
final class Qwen2LanguageModel implements LanguageModel {

  private final OpenParts parts = new OpenParts();
  private final LanguageInfo info;
  private final CheckpointFolder folder;
  private final TextTokenizer tokenizer;
  private final TextEmbedding embedding;
  private final Qwen2Decoder decoder;

  Qwen2LanguageModel(
      LanguageInfo info,
      CheckpointFolder folder,
      Qwen2Config config,
      Qwen2Weights weights,
      Device device) {
    this.info = info;
    this.folder = folder;
    try {
      this.tokenizer = parts.add(TextTokenizer.open(folder));
      this.embedding = new TextEmbedding(weights.tensor(Qwen2Weights.EMBEDDING));
      this.decoder =
          parts.add(new Qwen2Decoder(config, weights, device, BatchedTower.threads() - 1));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  @Override
  public LanguageInfo info() {
    return info;
  }

  @Override
  public PromptTemplate template(String name) {
    return PromptTemplates.of(name, folder);
  }

  @Override
  public VideoReading read(String before, float[] visual) {
    if (visual.length % info.dim() != 0) {
      throw new IllegalArgumentException(
          "visual tokens must be whole rows of %d channels, as %s is fed; got %d values"
              .formatted(info.dim(), info.decoder(), visual.length));
    }
    long start = System.nanoTime();
    float[] text = embedding.rows(tokenizer.encode(before));
    float[] rows = new float[text.length + visual.length];
    System.arraycopy(text, 0, rows, 0, text.length);
    System.arraycopy(visual, 0, rows, text.length, visual.length);
    int tokens = rows.length / info.dim();
    decoder.requireRoom(tokens);
    KvMeter resident = new KvMeter();
    KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), tokens, resident);
    try {
      decoder.feed(rows, cache, 0);
    } catch (RuntimeException e) {
      cache.close();
      throw e;
    }
    SharedPrefix prefix = cache.toPrefix(text.length / info.dim(), visual.length / info.dim());
    return new Qwen2Reading(info, tokenizer, embedding, decoder, prefix, System.nanoTime() - start);
  }

  @Override
  public void close() {
    parts.close();
  }
}
