package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.CatalogLookup;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.pipeline.run.AnswerJob;
import io.tokenreel.pipeline.run.CompressJob;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.sql.TokenColumns;
import io.tokenreel.testing.JobTests;
import io.tokenreel.token.Kept;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches of formats with scales, from a video to its answers. */
class ScaledCacheTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final String VIDEO = "hevc.mp4";
  private static final List<String> SPECS = List.of("none", "vidcom2:retention=0.5");

  @TempDir Path folder;

  private org.apache.hadoop.fs.Path hadoop(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }

  private void precompute(String name, String dtype) throws IOException {
    PrecomputeSettings settings =
        JobTests.settings(
            List.of(JobTests.VIDEOS.resolve(VIDEO).toString()),
            folder.resolve(name).toString(),
            SPECS,
            2);
    PrecomputeSettings keeping = JobTests.keepingFeatures(JobTests.tokenDtype(settings, dtype));
    assertEquals(1, new PrecomputeJob(SPARK, keeping, Progress.silent()).run().ok());
  }

  private CachedTokens found(String cache, String compression) throws IOException {
    return TokenCache.open(new Configuration(), hadoop(cache)).lookup(VIDEO).stream()
        .filter(row -> row.compression().equals(compression))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void cache_ofInt8_goesFromVideoToAnswers() throws IOException {
    goesFromVideoToAnswers(TokenFormat.INT8);
  }

  @Tag("slow")
  @Test
  void cache_ofFp8_goesFromVideoToAnswers() throws IOException {
    goesFromVideoToAnswers(TokenFormat.FP8);
  }

  private void goesFromVideoToAnswers(TokenFormat format) throws IOException {
    precompute("floats", "f32");
    precompute("scaled", format.label());
    assertEquals(List.of(), CacheVerifier.verify(SPARK, hadoop("scaled")));

    // Every stored token, the model's own rows too, is quantised once, from the floats.
    CachedTokens floats = found("floats", "none");
    CachedTokens scaled = found("scaled", "none");
    StoredRows expected = StoredRows.of(format, floats.dim(), floats.rows().decode());
    assertEquals(format, scaled.dtype());
    assertArrayEquals(expected.data(), scaled.tokens());
    assertArrayEquals(expected.scales(), scaled.scales());
    assertEquals(floats.tokens().length, 4 * scaled.tokens().length);

    // Selections are made on the stored values; kept rows are copies of the grid's.
    CachedTokens kept = found("scaled", SPECS.get(1));
    TokenShape shape =
        new TokenShape(kept.frames(), kept.gridHeight(), kept.gridWidth(), kept.dim());
    int[] places = Arrays.stream(kept.tokenIndex()).filter(i -> i >= 0).toArray();
    TokenBlock grid = grid(scaled, shape);
    StoredRows copies = grid.keep(new Kept(places), format).rows();
    assertArrayEquals(copies.data(), Arrays.copyOf(kept.tokens(), copies.data().length));
    assertArrayEquals(copies.scales(), Arrays.copyOf(kept.scales(), copies.scales().length));

    compressAgain(kept);
    export(kept);
    answer();
  }

  /** The tokens of a row that has all of the grid, without the model's own rows after it. */
  private static TokenBlock grid(CachedTokens all, TokenShape shape) {
    return new TokenBlock(
        shape,
        all.dtype(),
        Arrays.copyOf(all.tokens(), (int) all.dtype().bytes(shape.elements())),
        Arrays.copyOf(all.scales(), shape.tokens() * all.dtype().scaleBytes()));
  }

  private void compressAgain(CachedTokens kept) throws IOException {
    CompressSettings settings =
        new CompressSettings(
            folder.resolve("scaled").toString(),
            folder.resolve("again").toString(),
            null,
            SPECS,
            false,
            2);
    new CompressJob(SPARK, settings, Progress.silent()).run();
    assertEquals(List.of(), CacheVerifier.verify(SPARK, hadoop("again")));
    CachedTokens again = found("again", SPECS.get(1));
    assertArrayEquals(kept.tokens(), again.tokens());
    assertArrayEquals(kept.scales(), again.scales());
    CachedTokens byJob =
        CatalogLookup.lookup(SPARK, hadoop("again"), VIDEO).stream()
            .filter(row -> row.compression().equals(SPECS.get(1)))
            .findFirst()
            .orElseThrow();
    assertArrayEquals(kept.scales(), byJob.scales());

    Row ofSql =
        CommittedRows.of(SPARK, hadoop("scaled"), CacheTable.FEATURES)
            .select(
                TokenColumns.compressTokens(
                        functions.expr("struct(block.*, planes, scales)"), SPECS.get(1), "same")
                    .as("kept"))
            .select("kept.*")
            .first();
    byte[] data = ofSql.getAs("data");
    assertArrayEquals(Arrays.copyOf(kept.tokens(), data.length), data);
  }

  private void export(CachedTokens kept) throws IOException {
    Path file = folder.resolve("kept.safetensors");
    SafetensorsExport.write(file, kept);
    Tensor tokens = SafetensorsFile.open(file).tensor("tokens");
    assertEquals(SafetensorsDtype.F32, tokens.dtype());
    assertEquals(List.of((long) kept.tokenCount(), (long) kept.dim()), tokens.shape());
    float[] values = new float[kept.tokenCount() * kept.dim()];
    tokens.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    assertArrayEquals(kept.rows().decode(), values);
  }

  private void answer() throws IOException {
    Path questions =
        Files.writeString(
            folder.resolve("questions.jsonl"),
            """
            {"video_id":"hevc.mp4","question_id":"1","question":"What is it?","options":["red","blue"],"answer":"red"}
            """);
    AnswerSettings settings =
        new AnswerSettings(
            folder.resolve("scaled").toString(),
            List.of(questions.toString()),
            folder.resolve("answers").toString(),
            null,
            "default",
            List.of(),
            "cpu",
            "auto",
            "chat",
            "full",
            "options:form=text",
            1);
    new AnswerJob(SPARK, settings, Progress.silent()).run();
    List<Row> answers =
        CommittedRows.of(SPARK, hadoop("answers"), CacheTable.ANSWERS).collectAsList();
    assertEquals(2, answers.size());
    for (Row answer : answers) {
      assertTrue(answer.isNullAt(answer.fieldIndex("reason")), answer.toString());
    }
  }
}
