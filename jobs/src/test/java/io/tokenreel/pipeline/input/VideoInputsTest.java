package io.tokenreel.pipeline.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheSchema;
import io.tokenreel.files.UserPath;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs are listed and never opened, so these videos are a few letters each. */
class VideoInputsTest {

  /** For names that Spark keeps. */
  private static final int MOST_LOCAL = 0;

  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    write("videos/a.mp4", "aa");
    write("videos/b.MOV", "bbb");
    write("videos/notes.txt", "n");
    write("videos/none", "n");
    write("videos/nested/deep/c.mkv", "c");
    write("videos/nested/_started.webm", "d");
    write("videos/.hidden/e.avi", "e");
    write("videos/take [1].mp4", "f");
    write("elsewhere/g.ts", "g");
  }

  private void write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines));
  }

  private VideoInputs.Found found(String... names) {
    List<String> inputs =
        Arrays.stream(names).map(name -> folder.resolve(name).toString()).toList();
    return found(inputs, null);
  }

  /** With names that the driver keeps; what Spark keeps of them is the same. */
  private static VideoInputs.Found found(List<String> inputs, String idRoot) {
    VideoInputs.Found local = VideoInputs.list(LocalSpark.plain(), inputs, idRoot);
    try (VideoInputs.Found ofSpark =
        VideoInputs.list(LocalSpark.plain(), inputs, idRoot, MOST_LOCAL)) {
      assertEquals(local.count(), ofSpark.count());
      assertEquals(local.leftOut(), ofSpark.leftOut());
      assertEquals(sorted(local), sorted(ofSpark));
    }
    return local;
  }

  private static List<String> sorted(VideoInputs.Found found) {
    return found.videos().collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private List<Row> rows(String... names) {
    return ManifestColumns.restored(found(names).videos()).orderBy("video_id").collectAsList();
  }

  private List<String> ids(String... names) {
    return rows(names).stream().map(row -> row.<String>getAs("video_id")).toList();
  }

  private void assertRefused(String input, String... parts) {
    JobTests.assertRefused(() -> found(input), parts);
  }

  @Test
  void list_folder_walksNestedAndHiddenNamesAndSaysWhatIsLeftOut() {
    VideoInputs.Found found = found("videos");
    List<Row> rows = found.videos().orderBy("video_id").collectAsList();
    assertEquals(
        List.of(
            ".hidden/e.avi",
            "a.mp4",
            "b.MOV",
            "nested/_started.webm",
            "nested/deep/c.mkv",
            "take [1].mp4"),
        rows.stream().map(row -> row.<String>getAs("video_id")).toList());
    assertEquals("file:" + folder.resolve("videos/b.MOV"), rows.get(2).getAs("video_uri"));
    assertEquals(3L, rows.get(2).<Long>getAs("video_bytes"));
    assertEquals(
        new LeftOut(
            Map.of(LeftOut.ENDING, 2L),
            List.of(
                new LeftOut.Name("none", LeftOut.ENDING),
                new LeftOut.Name("notes.txt", LeftOut.ENDING))),
        found.leftOut());
  }

  @Test
  void list_files_areTakenByTheirNames() {
    assertEquals(List.of("a.mp4", "g.ts"), ids("elsewhere/g.ts", "videos/a.mp4"));
  }

  @Test
  void list_fileThatIsNeitherVideoNorManifest_isRefused() throws IOException {
    for (String name : List.of("list.txt", "list.xlsx", "list.csv.zip", "none")) {
      write(name, "video_uri", "a.mp4");
      assertRefused(
          name, name + " ends neither", "3gp, apng,", ".tsv", ".jsonl", ".gz", ".parquet");
    }
  }

  @Test
  void list_globThatMatchesOtherFiles_leavesThemOut() {
    VideoInputs.Found found = found("videos/{a,notes}.*");
    assertEquals(1, found.videos().count());
    assertEquals(
        new LeftOut(
            Map.of(LeftOut.ENDING, 1L), List.of(new LeftOut.Name("notes.txt", LeftOut.ENDING))),
        found.leftOut());
  }

  @Test
  void list_nameWithGlobCharacters_isTakenAsItStands() {
    assertEquals(List.of("take [1].mp4"), ids("videos/take [1].mp4"));
  }

  @Test
  void list_globOfFolders_walksEach() {
    assertEquals(List.of("_started.webm", "deep/c.mkv"), ids("videos/n*ed"));
  }

  @Test
  void list_csv_resolvesRelativeUrisAndPassesColumnsThrough() throws IOException {
    write(
        "lists/list.csv",
        "video_uri,split,my note",
        "../videos/a.mp4,train,\"one, \"\"two\"\"\"",
        "/absolute/b.mp4,test,",
        "hdfs://host/c.mp4,,");
    List<Row> rows = rows("lists/list.csv");
    String base = "file:" + folder.resolve("lists") + "/";
    assertEquals(
        List.of("../videos/a.mp4", "/absolute/b.mp4", "hdfs://host/c.mp4"),
        rows.stream().map(row -> row.<String>getAs("video_id")).toList(),
        "without video_id the URI as it stands is the id");
    assertEquals(
        List.of(base + "../videos/a.mp4", "/absolute/b.mp4", "hdfs://host/c.mp4"),
        rows.stream().map(row -> row.<String>getAs("video_uri")).toList());
    assertEquals("train", rows.get(0).getAs("split"));
    assertEquals("one, \"two\"", rows.get(0).getAs("my note"));
    assertTrue(rows.get(2).isNullAt(rows.get(2).fieldIndex("split")));
    assertTrue(rows.get(0).isNullAt(rows.get(0).fieldIndex("video_bytes")));
  }

  @Test
  void list_jsonl_keepsTypesOfColumnsAndTakesNumbersForIds() throws IOException {
    write(
        "list.jsonl",
        "{\"video_id\": 7, \"video_uri\": \"videos/a.mp4\", \"tags\": [\"x\", \"y\"]}",
        "{\"video_id\": 8, \"video_uri\": \"videos/b.MOV\"}");
    List<Row> rows = rows("list.jsonl");
    assertEquals("7", rows.get(0).getAs("video_id"));
    assertEquals(List.of("x", "y"), rows.get(0).getList(rows.get(0).fieldIndex("tags")));
    assertEquals("8", rows.get(1).getAs("video_id"));
  }

  @Test
  void list_parquetThatSparkWrote_isAManifestThoughItIsAFolder() {
    LocalSpark.plain()
        .sql("SELECT 'one' AS video_id, 'videos/a.mp4' AS video_uri, 3 AS label")
        .write()
        .parquet(folder.resolve("list.parquet").toString());
    Row row = rows("list.parquet").get(0);
    assertEquals("one", row.getAs("video_id"));
    assertEquals("file:" + folder.resolve("videos/a.mp4"), row.getAs("video_uri"));
    assertEquals(3, row.<Integer>getAs("label"));
  }

  @Test
  void list_manifestsAndFolders_areTakenTogether() throws IOException {
    write("one.csv", "video_uri,split", "x.mp4,train");
    write("two.csv", "video_uri,score", "y.mp4,3");
    List<Row> rows = rows("one.csv", "elsewhere/g.ts", "two.csv");
    assertEquals(
        List.of("g.ts", "x.mp4", "y.mp4"),
        rows.stream().map(row -> row.<String>getAs("video_id")).toList());
    assertEquals("train", rows.get(1).getAs("split"));
    assertEquals("3", rows.get(2).getAs("score"));
    assertTrue(rows.get(2).isNullAt(rows.get(2).fieldIndex("split")));
  }

  @Test
  void list_sameIdTwice_namesItAndSaysHowToMendIt() throws IOException {
    write("twice.csv", "video_id,video_uri", "one,a.mp4", "one,b.mp4");
    assertRefused("twice.csv", "an id of its own", "[one,2]", "give ids in a manifest");
    write("videos/nested/a.mp4", "a");
    JobTests.assertRefused(() -> found("videos", "videos/nested"), "[a.mp4,2]");
  }

  @Test
  void list_rowWithoutIdOrUri_isRefused() throws IOException {
    write("noid.csv", "video_id,video_uri", ",a.mp4");
    assertRefused("noid.csv", "1 rows of the manifest", "noid.csv have no video_id");
    write("caption.csv", "video_id,video_uri", "a caption ".repeat(499) + "a caption!,a.mp4");
    assertRefused("caption.csv", "a video_id may have 4096 bytes at most; found one of 5000");
    write("nouri.csv", "video_id,video_uri", "one,a.mp4", "two,", "three,\" \"");
    assertRefused("nouri.csv", "2 rows of the manifest", "nouri.csv have no video_uri");
  }

  @Test
  void list_manifestWithSizes_takesThemWhereTheyAreKnown() throws IOException {
    write("sizes.csv", "video_uri,video_bytes", "a.mp4,5000000000", "b.mp4,");
    List<Row> rows = rows("sizes.csv");
    assertEquals(5_000_000_000L, rows.get(0).<Long>getAs("video_bytes"));
    assertTrue(rows.get(1).isNullAt(rows.get(1).fieldIndex("video_bytes")));
    for (String wrong : List.of("-1", "1e9", "5 GB")) {
      write("sizes.csv", "video_uri,video_bytes", "a.mp4,1", "b.mp4," + wrong);
      assertRefused("sizes.csv", "must be whole numbers of bytes, or empty; found " + wrong);
    }
  }

  @Test
  void list_refused_keepsNothingOfTheFoldersItWalked() throws IOException {
    Set<Integer> before = persisted();
    write("empty/readme.txt", "no video");
    JobTests.assertRefused(
        () -> found("empty"),
        "no videos in --input",
        ". 1 names are left out; the first is readme.txt: it does not end as a video does");
    assertEquals(before, persisted());
  }

  private static Set<Integer> persisted() {
    return Set.copyOf(
        JavaSparkContext.fromSparkContext(LocalSpark.plain().sparkContext())
            .getPersistentRDDs()
            .keySet());
  }

  @Test
  void list_manifestWithoutVideoUri_listsItsColumns() throws IOException {
    write("other.csv", "video_id,uri", "one,a.mp4");
    assertRefused("other.csv", "it must have a column video_uri; its columns are [video_id, uri]");
  }

  @Test
  void list_columnOfTheCacheWhateverItsCase_isRefused() throws IOException {
    for (String name : List.of("frames", "Outcome", "Compression")) {
      write("clash.csv", "video_uri," + name, "a.mp4,x");
      assertRefused(
          "clash.csv", "clash.csv", "[" + name + "] have the names of cache columns", "rename");
    }
  }

  @Test
  void list_ownColumnsWhateverTheirCase_areTaken() throws IOException {
    write("case.csv", "Video_URI, VIDEO_ID ,Video_Bytes", "a.mp4,one,7");
    Row row = rows("case.csv").get(0);
    assertEquals("one", row.getAs("video_id"));
    assertEquals("file:" + folder.resolve("a.mp4"), row.getAs("video_uri"));
    assertEquals(7L, row.<Long>getAs("video_bytes"));
  }

  @Test
  void list_columnOfTheCache_isRefused() throws IOException {
    for (String name : CacheSchema.fixedNames()) {
      if (!name.startsWith("video_")) {
        write("clash.csv", "video_uri," + name, "a.mp4,x");
        assertRefused(
            "clash.csv", "manifest columns [" + name + "] have the names of cache columns");
      }
    }
  }

  @Test
  void list_nothingThere_saysWhatIsMissing() throws IOException {
    assertRefused("absent", "absent does not exist");
    assertRefused("videos/*.flv", "videos/*.flv does not exist");
    Files.createDirectories(folder.resolve("empty"));
    assertRefused("empty", "no videos in --input", "3gp, apng, asf, avc, avi,");
    write("empty.csv", "video_uri");
    assertRefused("empty.csv", "no videos in --input");
  }

  @Test
  void list_manifestWithVideosOnAStoreThatIsNotThere_isRefused() throws IOException {
    write(
        "stores.jsonl",
        "{\"video_uri\": \"https://host/a.mp4\"}",
        "{\"video_uri\": \"a b:c.mp4\"}",
        "{\"video_uri\": \"S3://bucket/k.mp4\"}",
        "{\"video_uri\": \"S3://other/k.mp4\"}",
        "{\"video_uri\": \"gs://bucket/k.mp4\"}");
    assertRefused(
        "stores.jsonl",
        "stores.jsonl has videos on s3:/: there is no file system",
        "; and on gs:/: there is no file system",
        "hadoop-aws",
        "gcs-connector");
  }

  @Test
  void list_awkwardNames_areThoseOfTheFiles() throws IOException {
    String folderName = "12:30 [1] {a,b} 100%25";
    for (String name : List.of("2024-01-01T12:30:00.mp4", "a b.mp4", "a%20b.mp4", "#?*.mp4")) {
      write(folderName + "/" + name, "x");
    }
    write(folderName + "/list [1]:x.csv", "video_uri", "2024-01-01T12:30:00.mp4", "a%20b.mp4");
    for (Row row : rows(folderName)) {
      String uri = row.getAs("video_uri");
      assertEquals(
          folder.resolve(folderName).resolve(row.<String>getAs("video_id")).toString(),
          UserPath.of(uri).toUri().getPath());
    }
    assertEquals(4, rows(folderName).size());
    assertEquals(
        List.of("2024-01-01T12:30:00.mp4", "a%20b.mp4"),
        rows(folderName + "/list [1]:x.csv").stream()
            .map(row -> UserPath.of(row.getAs("video_uri")).getName())
            .toList());
    assertEquals(
        List.of("2024-01-01T12:30:00.mp4", "a b.mp4", "a%20b.mp4"),
        ids("12:30 \\[1] \\{a,b} */[2a]*.mp4"));
  }

  @Test
  void list_idRoot_givesAFolderAFileAndAManifestTheSameIds() throws IOException {
    write("lists/list.csv", "video_uri", "../videos/a.mp4", folder.resolve("videos/b.MOV") + "");
    write(
        "lists/own.jsonl",
        "{\"video_id\":7,\"video_uri\":\"file:%s/nested/../a.mp4\"}".formatted(folder));
    List<List<String>> expected =
        List.of(List.of("a.mp4", "b.MOV"), List.of("a.mp4", "b.MOV"), List.of("7"));
    List<String> inputs = List.of("videos/?.*", "lists/list.csv", "lists/own.jsonl");
    for (int i = 0; i < inputs.size(); i++) {
      assertEquals(
          expected.get(i), idsBelow(folder.resolve("videos") + "/", inputs.get(i)), inputs.get(i));
    }
    assertEquals(
        List.of("nested/_started.webm", "nested/deep/c.mkv"), idsBelow("videos", "videos/nested"));
    JobTests.assertRefused(
        () -> idsBelow("videos/nested", "lists/list.csv"),
        "2 videos do not lie below --id-root file://" + folder.resolve("videos/nested"),
        "the first is " + folder.resolve("videos/b.MOV"));
  }

  private List<String> idsBelow(String root, String input) {
    return found(List.of(folder.resolve(input).toString()), folder.resolve(root).toString())
        .videos()
        .orderBy("video_id")
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs("video_id"))
        .toList();
  }
}
