package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** A key, its parts, and the columns that they own. */
class CacheKeyTest {

  private static final EncodingSetting TOWER = new EncodingSetting("tower@1", "uniform:frames=4");
  private static final EncodingSetting OTHER = new EncodingSetting("tower@2", "uniform:frames=4");
  private static final CacheKey KEY = key("a", TOWER, "none");

  private static CacheKey key(String id, EncodingSetting encoding, String compression) {
    return new CacheKey(new VideoContent(id, "sha of " + id), encoding, compression);
  }

  /** Rows of keys, whose columns stand in another order than the key's. */
  private static Dataset<Row> rows(CacheKey... keys) {
    StructType schema =
        new StructType()
            .add("compression", DataTypes.StringType)
            .add("sampling", DataTypes.StringType)
            .add("video_id", DataTypes.StringType)
            .add("encoder", DataTypes.StringType)
            .add("content_sha256", DataTypes.StringType);
    return CacheRows.spark()
        .createDataFrame(
            Arrays.stream(keys)
                .map(
                    key ->
                        RowFactory.create(
                            key.compression(),
                            key.encoding().sampling(),
                            key.video().videoId(),
                            key.encoding().encoder(),
                            key.video().contentSha256()))
                .toList(),
            schema);
  }

  private static List<CacheKey> found(Dataset<Row> rows, Column which) {
    return rows.where(which).orderBy("video_id", "compression").collectAsList().stream()
        .map(CacheKey::of)
        .toList();
  }

  @Test
  void columns_ofTables_areThoseThatTheirFilesHave() {
    assertEquals(
        List.of("video_id", "content_sha256", "encoder", "sampling", "compression"),
        CacheKey.COLUMNS);
    assertEquals(CacheKey.COLUMNS, CacheTable.TOKENS.key());
    assertEquals(CacheKey.COLUMNS, CacheTable.SELECTIONS.key());
    assertEquals(
        List.of("video_id", "content_sha256", "encoder", "sampling"), CacheTable.FEATURES.key());
    assertEquals(List.of("encoder", "sampling", "compression"), CacheKey.SETTING);
    assertTrue(CacheTable.ANSWERS.key().containsAll(CacheKey.COLUMNS));
  }

  @Test
  void of_rowWithColumnsInAnyOrder_isTheKey() {
    assertEquals(KEY, CacheKey.of(rows(KEY).first()));
  }

  @Test
  void of_rowWithoutAPart_namesTheColumn() {
    Dataset<Row> rows = rows(KEY).selectExpr("*", "CAST(NULL AS STRING) AS nothing");
    Row row = rows.drop("sampling").withColumnRenamed("nothing", "sampling").first();
    NullPointerException e = assertThrows(NullPointerException.class, () -> CacheKey.of(row));
    assertEquals("sampling", e.getMessage());
  }

  @Test
  void matches_eachPart_areTheRowsOfIt() {
    CacheKey quarter = key("a", TOWER, "uniform:retention=0.25");
    CacheKey otherVideo = key("b", TOWER, "none");
    CacheKey otherTower = key("c", OTHER, "none");
    Dataset<Row> rows = rows(KEY, quarter, otherVideo, otherTower);
    assertEquals(List.of(KEY, quarter, otherVideo), found(rows, TOWER.matches()));
    assertEquals(List.of(KEY, quarter), found(rows, KEY.video().matches()));
    assertEquals(
        List.of(quarter), found(rows, CacheKey.compressedBy(List.of(quarter.compression()))));
    assertEquals(List.of(TOWER, OTHER), EncodingSetting.in(rows));
    assertEquals(
        List.of(otherTower), found(VideoContent.within(rows, rows(otherTower)), OTHER.matches()));
  }

  @Test
  void matches_settingOfARun_asksForCompressionsWhereATableHasThem() {
    RunRecord.Setting setting =
        new RunRecord.Setting(
            TOWER, List.of("none"), List.of(CacheTable.TOKENS, CacheTable.FEATURES));
    CacheKey quarter = key("a", TOWER, "uniform:retention=0.25");
    Dataset<Row> rows = rows(KEY, quarter, key("c", OTHER, "none"));
    assertEquals(List.of(KEY), found(rows, setting.matches(CacheTable.TOKENS)));
    assertEquals(List.of(KEY, quarter), found(rows, setting.matches(CacheTable.FEATURES)));
    assertEquals(2, setting.keysPerVideo());
  }

  @Test
  void setting_ofARunsRecord_isTheOneThatItStartedWith() {
    RunRecord run = CacheRows.run("r", 1, "none", "uniform:retention=0.25");
    assertEquals(
        new RunRecord.Setting(
            run.encoding(), List.of("none", "uniform:retention=0.25"), List.of(CacheTable.TOKENS)),
        run.setting());
  }

  @Test
  void isOf_settingsThatDifferInOnePart_isTheKeysOwnAlone() {
    assertTrue(KEY.isOf(TOWER, "none"));
    assertFalse(KEY.isOf(OTHER, "none"));
    assertFalse(KEY.isOf(TOWER, "uniform:retention=0.25"));
  }

  @Test
  void readFrom_whatWasWritten_isTheKeyInTheOrderOfItsColumns() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    KEY.writeTo(new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    in.mark(0);
    for (String column : CacheKey.COLUMNS) {
      assertEquals(rows(KEY).first().<String>getAs(column), in.readUTF(), column);
    }
    in.reset();
    assertEquals(KEY, CacheKey.readFrom(in));
  }

  @Test
  void toString_forMessages_namesEveryPart() {
    assertEquals("tower@1 with uniform:frames=4", TOWER.toString());
    assertEquals("video a (sha256 sha of a), tower@1 with uniform:frames=4, none", KEY.toString());
  }
}
