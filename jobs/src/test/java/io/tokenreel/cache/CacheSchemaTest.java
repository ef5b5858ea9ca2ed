package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CacheSchemaTest {

  @Test
  void tables_columns_areThoseOfTheDesignInOrder() {
    assertEquals(
        "video_id video_uri content_sha256 encoder sampling compression frames grid_height grid_width"
            + " tokens_per_frame dim dtype token_count token_index tokens frame_seconds outcome"
            + " writer_version created_at model_name layout planes source_frames source_rate frame_index scales",
        String.join(" ", CacheSchema.TOKENS.fieldNames()));
    assertEquals(
        "video_id video_uri content_sha256 encoder sampling block separator_rows frame_seconds"
            + " outcome writer_version created_at model_name layout planes source_frames source_rate frame_index scales",
        String.join(" ", CacheSchema.FEATURES.fieldNames()));
    assertEquals(
        "struct<frames:int,tokens_per_frame:int,grid_height:int,grid_width:int,dim:int,dtype:string,data:binary>",
        CacheSchema.FEATURES.apply("block").dataType().catalogString());
    assertEquals(
        "video_id video_uri content_sha256 encoder sampling compression frames grid_height grid_width"
            + " tokens_per_frame token_count token_index frame_budgets outcome writer_version created_at model_name",
        String.join(" ", CacheSchema.SELECTIONS.fieldNames()));
    assertEquals(
        "run_id video_id video_uri outcome reason detail content_sha256 input_bytes frames_decoded"
            + " decode_errors decode_ms encode_ms compress_ms attempts created_at",
        String.join(" ", CacheSchema.OUTCOMES.fieldNames()));
    assertEquals(
        "video_id content_sha256 wave", String.join(" ", CacheSchema.CONTENTS.fieldNames()));
  }

  @Test
  void tables_everyColumn_isExplained() {
    for (CacheTable table : CacheTable.values()) {
      for (StructField field : table.schema().fields()) {
        assertTrue(field.getComment().isDefined(), table + "." + field.name());
      }
      assertTrue(List.of(table.schema().fieldNames()).containsAll(table.key()), table.toString());
    }
  }

  @Test
  void checkPassthrough_nameOfAFixedColumn_listsClashesAndNames() {
    StructType manifest =
        new StructType().add("split", DataTypes.StringType).add("Tokens", DataTypes.StringType);
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> CacheSchema.checkPassthrough(manifest));
    assertTrue(error.getMessage().contains("[Tokens]"), error.getMessage());
    assertTrue(error.getMessage().contains("frame_budgets"), error.getMessage());
  }

  @Test
  void checkPassthrough_otherNames_passes() {
    CacheSchema.checkPassthrough(new StructType().add("split", DataTypes.StringType));
  }
}
