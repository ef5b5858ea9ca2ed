package io.tokenreel.sweep;

import io.tokenreel.files.UserPath;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Lines in files of bounded length, {@code NAME-0.jsonl}, {@code NAME-1.jsonl}, ..., below a
 * folder, but for names that files of another folder have. Lines of one name come together. One
 * thread at a time.
 */
final class LineFiles implements AutoCloseable {

  private final FileSystem files;
  private final Path folder;
  private final Path taken;
  private final int mostLines;

  private String name;
  private int part;
  private int lines;
  private BufferedWriter out;

  /**
   * @param taken a folder whose files' names are left out; it may be missing
   */
  LineFiles(FileSystem files, Path folder, Path taken, int mostLines) {
    this.files = files;
    this.folder = folder;
    this.taken = taken;
    this.mostLines = mostLines;
  }

  void write(String name, String line) throws IOException {
    boolean same = name.equals(this.name);
    if (!same || lines == mostLines) {
      close();
      part = same ? part + 1 : 0;
      while (files.exists(file(taken, name))) {
        part++;
      }
      lines = 0;
      this.name = name;
      out =
          new BufferedWriter(
              new OutputStreamWriter(
                  files.create(file(folder, name), true), StandardCharsets.UTF_8));
    }
    out.write(line);
    out.write('\n');
    lines++;
  }

  private Path file(Path below, String name) {
    return UserPath.below(below, name + "-" + part + ".jsonl");
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
