package io.tokenreel.cache;

import static io.tokenreel.cache.CacheSchema.arrayOf;
import static io.tokenreel.cache.CacheSchema.optional;
import static io.tokenreel.cache.CacheSchema.required;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of {@code answers/}. */
final class AnswerSchema {

  /** One row per question, compression and decoder setting. */
  static final StructType ANSWERS =
      new StructType(
          new StructField[] {
            required("video_id", DataTypes.StringType, "the video that is asked about"),
            required("question_id", DataTypes.StringType, "unique within the video's questions"),
            required("question", DataTypes.StringType, "the question, options aside"),
            optional("options", arrayOf(DataTypes.StringType), "its options; NULL for an open one"),
            optional("target", DataTypes.StringType, "the right answer, where it was given"),
            required(
                "question_sha256",
                DataTypes.StringType,
                "digest of question, options and target: a question that is edited is a new row"),
            optional("prompt", DataTypes.StringType, "the exact text that the model was fed"),
            optional(
                "response",
                DataTypes.StringType,
                "what the model says: its words, or the letter or text of its option; NULL when there is a reason"),
            optional(
                "choice", DataTypes.IntegerType, "place of its option, from 0; NULL for words"),
            optional(
                "option_logits",
                arrayOf(DataTypes.FloatType),
                "logit of each option's first token at the first place of the answer"),
            optional(
                "option_log_likelihoods",
                arrayOf(DataTypes.DoubleType),
                "logarithm of each option's probability, the sum over its tokens"),
            optional(
                "option_tokens",
                arrayOf(DataTypes.IntegerType),
                "tokens of each option, to divide the sums by"),
            optional(
                "correct",
                DataTypes.BooleanType,
                "whether the option chosen, or named by its letter or words, is the target; without options, whether the words are, case and a final period aside; NULL without a target"),
            optional(
                "reason",
                DataTypes.StringType,
                "no_tokens when the cache has none of the video, answer_error when the model failed; NULL when answered"),
            optional("detail", DataTypes.StringType, "one line for a person; NULL when answered"),
            optional(
                VideoContent.SHA256,
                DataTypes.StringType,
                "digest of the bytes that the tokens were made of; NULL without tokens"),
            required(
                EncodingSetting.ENCODER, DataTypes.StringType, "the vision tower, family@revision"),
            required(
                "decoder",
                DataTypes.StringType,
                "the language model, family@revision: the same for the same settings, weights, tokenizer and chat template"),
            required(
                EncodingSetting.SAMPLING,
                DataTypes.StringType,
                "the frame sampling spec, canonical"),
            required(CacheKey.COMPRESSION, DataTypes.StringType, "the compression spec, canonical"),
            required("template", DataTypes.StringType, "the prompt template: chat or qwen_1_5"),
            required("kv", DataTypes.StringType, "the KV cache spec, canonical"),
            required("scoring", DataTypes.StringType, "how the answer was got, canonical"),
            optional("visual_tokens", DataTypes.IntegerType, "rows that the video gave the prompt"),
            optional("prompt_tokens", DataTypes.IntegerType, "all rows of the prompt"),
            optional("new_tokens", DataTypes.IntegerType, "tokens that the model said"),
            optional(
                "prefill_ms",
                DataTypes.DoubleType,
                "wall time of the prompt, the video's part in full though its questions share it"),
            optional("decode_ms", DataTypes.DoubleType, "wall time of the new tokens or options"),
            optional(
                "kv_bytes_peak",
                DataTypes.LongType,
                "most bytes of keys and values that the layers attend to, counted as if nothing were shared; no reserve, no room that is not used"),
            optional(
                "kv_bytes_end",
                DataTypes.LongType,
                "those when the answer was done, counted so too"),
            optional(
                "kv_device",
                DataTypes.StringType,
                "where these are, cpu or cuda:N; NULL in rows whose bytes include the reserve"),
            optional(
                "kv_reserve_bytes_peak",
                DataTypes.LongType,
                "most bytes of keys and values of pruned tokens that can come back"),
            optional("kv_reserve_bytes_end", DataTypes.LongType, "those when the answer was done"),
            optional(
                "kv_reserve_device",
                DataTypes.StringType,
                "where these are; NULL for a KV cache that keeps no reserve"),
            required("writer_version", DataTypes.StringType, "the version that wrote the row"),
            required("created_at", DataTypes.TimestampType, "when the row was computed, UTC"),
            optional(
                "model_name",
                DataTypes.StringType,
                "the language model's readable name; NULL in rows that were written without it")
          });

  private AnswerSchema() {}
}
