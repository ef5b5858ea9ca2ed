package io.tokenreel.pipeline.setting;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * When a sweep answers what, so that a machine that becomes slower or faster favours no cell.
 *
 * <p>Compressions are answered from together, in the order of a digest of video and compression. KV
 * caches cannot be: the videos fall into as many blocks as there are KV caches, by a digest of
 * their id, and each block goes through them in a turn of one permutation (a Latin square), so that
 * each KV cache is once the first, once the second, and so on. All of it depends on the seed alone,
 * so that a sweep that goes on has the order that it had.
 *
 * @param seed of the permutation and the digests
 * @param block of videos, from 0
 * @param blocks how many there are
 * @param place at which the block comes to the KV cache, from 0
 * @param choice which of the KV caches that is, from 0
 */
public record AnswerOrder(long seed, int block, int blocks, int place, int choice) {

  /** Of one KV cache, or of an {@code answer} run. */
  public static final AnswerOrder PLAIN = new AnswerOrder(1, 0, 1, 0, 0);

  /** All blocks with all of so many KV caches, in order. */
  public static List<AnswerOrder> of(int kvs) {
    List<Integer> permutation = new ArrayList<>(IntStream.range(0, kvs).boxed().toList());
    Collections.shuffle(permutation, new Random(PLAIN.seed));
    List<AnswerOrder> orders = new ArrayList<>();
    for (int block = 0; block < kvs; block++) {
      for (int place = 0; place < kvs; place++) {
        orders.add(
            new AnswerOrder(PLAIN.seed, block, kvs, place, permutation.get((block + place) % kvs)));
      }
    }
    return orders;
  }

  /** The questions about the block's videos. */
  public Dataset<Row> block(Dataset<Row> questions) {
    return blocks == 1
        ? questions
        : questions.filter(
            pmod(xxhash64(lit(seed), col("video_id")), lit(blocks)).equalTo(lit(block)));
  }

  /** What compressions of videos are spread by. */
  public Column spread() {
    return xxhash64(lit(seed), col("video_id"), col("compression"));
  }

  /** As the record of the run keeps it. */
  Map<String, String> recorded(Map<String, String> options) {
    Map<String, String> recorded = new LinkedHashMap<>(options);
    recorded.put(
        "order",
        "seed %d, block %d of %d, its KV cache number %d"
            .formatted(seed, block + 1, blocks, place + 1));
    return recorded;
  }
}
