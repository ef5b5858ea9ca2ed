package io.tokenreel.cache;

import java.util.Locale;
import org.apache.hadoop.fs.Path;

/**
 * Where things are under an output. Whatever is no table starts with an underscore, which Spark
 * ignores; the tables' folders hold committed Parquet files and nothing else.
 *
 * <pre>
 * tokens/ features/ selections/ contents/ outcomes/ answers/
 *             000007-00000.parquet: wave 7, its first file
 * runs/       one JSON file per run: its resolved options and whether it is done
 * _index/     where each video's rows are, derived from tokens/ and contents/
 * _journal/   a wave that is being committed
 * _staging/   a wave that is being written
 * _encoders/  one JSON file per vision tower: what proves that rows are of a checkpoint
 * _schema-1   the version of the tables, in the name
 * _lock       the writer at work
 * _forgotten  digests of the ids of videos that the output takes no more, if there are any
 * _table      what a catalog has the tables as, if one has: there are no folders of tables then
 * </pre>
 */
public record CacheLayout(Path root) {

  public Path table(CacheTable table) {
    return new Path(root, table.folder());
  }

  /** The final place of a wave's n-th file. */
  public Path file(CacheTable table, long wave, int number) {
    return new Path(table(table), String.format(Locale.ROOT, "%06d-%05d.parquet", wave, number));
  }

  /** The wave in whose commit a table's file came. */
  public static long waveOf(Path file) {
    String name = file.getName();
    int dash = name.indexOf('-');
    try {
      return Long.parseLong(name.substring(0, Math.max(dash, 0)));
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "a file of a cache table is named <wave>-<number>.parquet; found " + file, e);
    }
  }

  /** Whether a file is named as those of a table are. */
  public static boolean isTableFile(Path file) {
    return file.getName().matches("[0-9]+-[0-9]+\\.parquet");
  }

  /** Whether a file is one that readers of tables skip, as Spark does. */
  public static boolean isHidden(Path file) {
    return file.getName().startsWith(".") || file.getName().startsWith("_");
  }

  public Path runs() {
    return new Path(root, "runs");
  }

  public Path index() {
    return new Path(root, "_index");
  }

  public Path journals() {
    return new Path(root, "_journal");
  }

  public Path journal(long wave) {
    return new Path(journals(), String.format(Locale.ROOT, "%06d.json", wave));
  }

  public Path staging() {
    return new Path(root, "_staging");
  }

  public Path staging(long wave) {
    return new Path(staging(), String.format(Locale.ROOT, "%06d", wave));
  }

  public Path tableRecord() {
    return new Path(root, "_table");
  }

  /** A path, which is below the output, from there. */
  public String below(Path path) {
    return root.toUri().relativize(path.toUri()).getPath();
  }

  /** What there is to say of a tower. */
  public Path encoderCard(String encoder) {
    return new Path(new Path(root, "_encoders"), encoder + ".json");
  }

  public Path forgotten() {
    return new Path(root, "_forgotten");
  }

  public Path lock() {
    return new Path(root, "_lock");
  }
}
