package io.tokenreel.model.decoder;

import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.KvUse;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.kv.cache.SharedPrefix;
import io.tokenreel.model.prompt.TextTokenizer;
import java.util.ArrayList;
import java.util.List;

/** A video whose keys and values all questions share. */
final class DecoderReading implements VideoReading {

  private final LanguageInfo info;
  private final TextTokenizer tokenizer;
  private final TextEmbedding embedding;
  private final Decoder decoder;
  private final DecoderMemory memory;
  private final SharedPrefix prefix;
  private final NextPlaces places;
  private final long nanos;
  private boolean last;

  DecoderReading(
      LanguageInfo info,
      TextTokenizer tokenizer,
      TextEmbedding embedding,
      Decoder decoder,
      DecoderMemory memory,
      SharedPrefix prefix,
      NextPlaces places,
      long nanos) {
    this.info = info;
    this.tokenizer = tokenizer;
    this.embedding = embedding;
    this.decoder = decoder;
    this.memory = memory;
    this.prefix = prefix;
    this.places = places;
    this.nanos = nanos;
  }

  @Override
  public int visualTokens() {
    return prefix.visualCount();
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public KvMeter resident() {
    return prefix.resident();
  }

  @Override
  public Generated generate(String after, KvSpec kv, int maxNewTokens) {
    return memory.answer(prefix.tokens(), () -> generated(after, kv, maxNewTokens));
  }

  private Generated generated(String after, KvSpec kv, int maxNewTokens) {
    try (KvCache cache = begin(kv)) {
      long start = System.nanoTime();
      float[] logits = feedPrompt(after, cache);
      long prefilled = System.nanoTime();
      int promptTokens = cache.length();
      cache.beginDecoding();
      List<Integer> tokens = new ArrayList<>();
      while (true) {
        int token = Logits.greatest(logits);
        tokens.add(token);
        if (info.endTokens().contains(token) || tokens.size() >= maxNewTokens) {
          break;
        }
        logits = feedOne(token, promptTokens, tokens.size() - 1, cache);
      }
      String text = tokenizer.decode(tokens.stream().mapToInt(Integer::intValue).toArray()).strip();
      return new Generated(
          text,
          List.copyOf(tokens),
          new Cost(promptTokens, prefilled - start, System.nanoTime() - prefilled, cache.use()));
    }
  }

  @Override
  public Scored score(String after, List<String> options, KvSpec kv) {
    return memory.answer(prefix.tokens(), () -> scored(after, options, kv));
  }

  private Scored scored(String after, List<String> options, KvSpec kv) {
    List<Float> firsts = new ArrayList<>();
    List<Double> sums = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    try (KvCache cache = begin(kv)) {
      long start = System.nanoTime();
      float[] logits = feedPrompt(after, cache);
      long prefilled = System.nanoTime();
      KvUse use = cache.use();
      for (String option : options) {
        int[] tokens = tokenizer.encode(option);
        if (tokens.length == 0) {
          throw new IllegalArgumentException("an option must have a text; got '" + option + "'");
        }
        TextEmbedding.requireRows(tokens, logits.length);
        firsts.add(logits[tokens[0]]);
        counts.add(tokens.length);
        if (tokens.length == 1) {
          sums.add(Logits.logProbability(logits, tokens[0]));
        } else {
          try (KvCache branch = cache.fork()) {
            sums.add(logLikelihood(tokens, logits, cache.length(), branch));
            use = use.then(branch.use());
          }
        }
      }
      long decoded = System.nanoTime() - prefilled;
      return new Scored(
          firsts, sums, counts, new Cost(cache.length(), prefilled - start, decoded, use));
    }
  }

  private double logLikelihood(int[] tokens, float[] first, int promptTokens, KvCache branch) {
    branch.beginDecoding();
    double sum = Logits.logProbability(first, tokens[0]);
    for (int i = 1; i < tokens.length; i++) {
      sum += Logits.logProbability(feedOne(tokens[i - 1], promptTokens, i - 1, branch), tokens[i]);
    }
    return sum;
  }

  private float[] feedPrompt(String after, KvCache cache) {
    int[] ids = tokenizer.encode(after);
    if (ids.length == 0) {
      throw new IllegalArgumentException("a prompt must have text after its video; got none");
    }
    PromptRows text = places.text(embedding.rows(ids), ids.length);
    return Logits.checked(decoder.feed(text, cache, 1)[0]);
  }

  /**
   * Feeds a token of an answer.
   *
   * @param promptTokens of the whole prompt
   * @param said tokens of the answer before it
   */
  private float[] feedOne(int token, int promptTokens, int said, KvCache cache) {
    int text = promptTokens - prefix.tokens();
    return Logits.checked(
        decoder.feed(places.answer(embedding.rows(token), text, said), cache, 1)[0]);
  }

  @Override
  public void expectLastQuestion() {
    last = true;
  }

  private KvCache begin(KvSpec kv) {
    KvCache cache = prefix.begin(kv);
    if (last) {
      prefix.close();
    }
    return cache;
  }

  @Override
  public void close() {
    prefix.close();
  }
}
