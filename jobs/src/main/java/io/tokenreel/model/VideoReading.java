package io.tokenreel.model;

import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.KvUse;
import java.util.List;

/** A video as a language model has read it, once for all questions. Used by one thread. */
public interface VideoReading extends AutoCloseable {

  /** Rows that the video gave the prompt. */
  int visualTokens();

  /** What it took to read, in nanoseconds. */
  long nanos();

  /** Bytes of keys and values that are resident for this reading and its questions. */
  KvMeter resident();

  /**
   * Answers greedily, up to an end token.
   *
   * @param after the prompt's text after the video
   * @param maxNewTokens at least 1
   * @throws NotFiniteException when the model gives logits that are not numbers
   */
  Generated generate(String after, KvSpec kv, int maxNewTokens);

  /**
   * How likely each option is as the answer.
   *
   * @param after the prompt's text after the video
   * @param options texts, at least one token each
   * @throws NotFiniteException when the model gives logits that are not numbers
   */
  Scored score(String after, List<String> options, KvSpec kv);

  /** The next question is the last one: it need not keep what only others would need. */
  void expectLastQuestion();

  @Override
  void close();

  /**
   * What a question cost.
   *
   * @param promptTokens all of the prompt, the visual ones included
   * @param prefillNanos for the prompt's tokens after the video
   * @param decodeNanos for the new tokens
   * @param kv its keys and values
   */
  record Cost(int promptTokens, long prefillNanos, long decodeNanos, KvUse kv) {}

  /**
   * An answer in the model's own words.
   *
   * @param text of the new tokens, without special tokens, stripped
   * @param tokens ids, the end token included where there is one
   */
  record Generated(String text, List<Integer> tokens, Cost cost) {}

  /**
   * Options in their order.
   *
   * @param logits of each one's first token at the first place of the answer
   * @param logLikelihoods sums over each one's tokens
   * @param tokens how many each one has
   */
  record Scored(List<Float> logits, List<Double> logLikelihoods, List<Integer> tokens, Cost cost) {

    /** The place of the most likely option, by the sum; ties go to the first. */
    public int choice() {
      int best = 0;
      for (int i = 1; i < tokens.size(); i++) {
        best = logLikelihoods.get(i) > logLikelihoods.get(best) ? i : best;
      }
      return best;
    }
  }
}
