package io.tokenreel.model.decoder;

import ai.djl.Device;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoPrompts;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.DeviceMeter;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.kv.cache.SharedPrefix;
import io.tokenreel.model.prompt.TextTokenizer;

/** A decoder with its tokenizer. */
final class DecoderLanguageModel implements LanguageModel {

  private final OpenParts parts = new OpenParts();
  private final LanguageInfo info;
  private final PromptStyle prompts;
  private final int axes;
  private final TextTokenizer tokenizer;
  private final TextEmbedding embedding;
  private final Decoder decoder;
  private final DeviceMeter meter;
  private final DecoderMemory memory;

  DecoderLanguageModel(
      LanguageInfo info,
      CheckpointFolder folder,
      PromptStyle prompts,
      DecoderConfig config,
      DecoderWeights weights,
      Device device) {
    this.info = info;
    this.prompts = prompts;
    this.axes = config.sections().axes();
    this.meter = new DeviceMeter(device);
    try {
      this.tokenizer = parts.add(TextTokenizer.open(folder));
      this.embedding = new TextEmbedding(weights.tensor(DecoderWeights.EMBEDDING));
      this.decoder =
          parts.add(
              new Decoder(
                  config, weights, device, ComputeType.of(folder), BatchedTower.threads() - 1));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
    this.memory = new DecoderMemory(info.decoder(), decoder.piece(), meter);
  }

  @Override
  public LanguageInfo info() {
    return info;
  }

  @Override
  public VideoPrompts prompts(String template) {
    return prompts.prompts(template);
  }

  @Override
  public VideoReading read(VideoPrompt prompt, FedVideo video) {
    if (video.dim() != info.dim() || video.planes() != info.planes()) {
      throw new IllegalArgumentException(
          "visual tokens must be rows of %d planes of %d channels, as %s is fed; got %d of %d: answer with the model that encoded them"
              .formatted(info.planes(), info.dim(), info.decoder(), video.planes(), video.dim()));
    }
    decoder.requireRoom(video.count()); // before all rows are copied
    long start = System.nanoTime();
    VideoRows rows = VideoRows.of(prompt, video, axes, this::embedded);
    int tokens = rows.fed().count();
    decoder.requireRoom(tokens);
    SharedPrefix prefix = memory.read(tokens, () -> prefix(rows));
    meter.sample(); // the longest feed is over
    return new DecoderReading(
        info,
        tokenizer,
        embedding,
        decoder,
        memory,
        prefix,
        rows.next(),
        System.nanoTime() - start);
  }

  private SharedPrefix prefix(VideoRows rows) {
    KvCache cache =
        KvCache.empty(decoder.manager(), decoder.kvShape(), rows.fed().count(), new KvMeter());
    try {
      decoder.feed(rows.fed(), cache, 0);
      return cache.toPrefix(rows.visual());
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
  }

  private float[] embedded(String text) {
    return embedding.rows(tokenizer.encode(text));
  }

  @Override
  public DeviceUse use() {
    return meter.use();
  }

  @Override
  public void close() {
    parts.close();
  }
}
