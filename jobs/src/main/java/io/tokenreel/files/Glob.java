package io.tokenreel.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * Hadoop's patterns over names that may have colons, on which {@link FileSystem#globStatus} fails,
 * whether they match or not.
 */
public final class Glob {

  private Glob() {}

  /**
   * What lies under a path's very name, whatever characters are in it, or else what it matches as a
   * pattern.
   *
   * @param files that the path lies on
   * @return in the order of their paths; none when nothing is there
   */
  public static List<FileStatus> nameOrMatches(FileSystem files, Path path) throws IOException {
    try {
      return List.of(files.getFileStatus(path));
    } catch (FileNotFoundException e) {
      Path whole = files.makeQualified(path);
      return matches(files, new Path(whole, Path.SEPARATOR), whole.toUri().getPath());
    }
  }

  /**
   * What a pattern matches below a folder, in the order of the paths.
   *
   * @param folder whose own name is no pattern, whatever characters are in it
   */
  public static List<FileStatus> matches(FileSystem files, Path folder, String pattern)
      throws IOException {
    List<FileStatus> matches = new ArrayList<>();
    for (String each : GlobExpander.expand(pattern)) {
      matches.addAll(below(files, files.makeQualified(folder), each.split(Path.SEPARATOR)));
    }
    return new TreeSet<>(matches).stream().toList();
  }

  private static List<FileStatus> below(FileSystem files, Path root, String[] components)
      throws IOException {
    List<Path> folders = List.of(root);
    for (String component : components) {
      if (!component.isEmpty()) {
        folders = children(files, folders, component);
      }
    }
    List<FileStatus> found = new ArrayList<>();
    for (Path path : folders) {
      try {
        found.add(files.getFileStatus(path));
      } catch (FileNotFoundException e) {
        continue; // a name without a pattern is not looked up before the end
      }
    }
    return found;
  }

  private static List<Path> children(FileSystem files, List<Path> folders, String component)
      throws IOException {
    GlobFilter filter = new GlobFilter(component);
    List<Path> children = new ArrayList<>();
    for (Path folder : folders) {
      if (filter.hasPattern()) {
        children.addAll(matching(files, folder, filter));
      } else {
        children.add(UserPath.below(folder, component.replaceAll("\\\\(.)", "$1")));
      }
    }
    return children;
  }

  private static List<Path> matching(FileSystem files, Path folder, GlobFilter filter)
      throws IOException {
    try {
      FileStatus[] listed =
          files.getFileStatus(folder).isDirectory() ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(listed).map(FileStatus::getPath).filter(filter::accept).toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
