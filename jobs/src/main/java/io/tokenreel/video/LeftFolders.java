package io.tokenreel.video;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes private folders of processes that were killed and could not do it themselves.
 *
 * <p>What tells such a folder is that its lock can be had: no process number is trusted, because
 * numbers come again and differ between containers. The folders of this process are skipped by
 * their names, because to open and close a file ends every lock that the process holds on it.
 */
public final class LeftFolders {

  private static final Logger LOG = LoggerFactory.getLogger(LeftFolders.class);

  private LeftFolders() {}

  /**
   * Removes what can be removed; what cannot is only worth a warning.
   *
   * @param user whose folders may go
   */
  static void sweep(Path parent, UserPrincipal user) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "tokenreel-*")) {
      for (Path folder : folders) {
        sweepOne(folder, user);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("{} was not searched for folders that killed processes left", parent, e);
    }
  }

  /**
   * Removes them from a folder and from its siblings of the same user: a framework gives each
   * process one, and those that were killed left theirs.
   *
   * @param names a glob of the siblings' names
   */
  public static void sweepWithSiblings(Path folder, String names) {
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder.getParent(), names)) {
      UserPrincipal user = Files.getOwner(folder);
      for (Path sibling : siblings) {
        if (isFolderOf(user, sibling)) {
          sweep(sibling, user);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("folders beside {} were not searched for what killed processes left", folder, e);
    }
  }

  private static boolean isFolderOf(UserPrincipal user, Path path) {
    try {
      return Files.isDirectory(path, NOFOLLOW_LINKS)
          && Files.getOwner(path, NOFOLLOW_LINKS).equals(user);
    } catch (IOException e) {
      return false; // its process has ended, and removed it
    }
  }

  private static void sweepOne(Path folder, UserPrincipal user) {
    try {
      if (PrivateFolder.isOfAnotherProcess(folder) && isPrivateOf(user, folder)) {
        removeUnlessLocked(folder);
      }
    } catch (NoSuchFileException e) {
      // It was made a moment ago, or is being removed by another.
    } catch (IOException e) {
      LOG.warn("{} was left by a process that has ended; it can be deleted", folder, e);
    }
  }

  private static boolean isPrivateOf(UserPrincipal user, Path folder) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, NOFOLLOW_LINKS);
    return attributes.isDirectory()
        && attributes.owner().equals(user)
        && attributes.permissions().equals(PrivateFolder.PERMISSIONS);
  }

  private static void removeUnlessLocked(Path folder) throws IOException {
    Path lock = folder.resolve(PrivateFolder.LOCK);
    try (FileChannel file = FileChannel.open(lock, WRITE, NOFOLLOW_LINKS)) {
      // Its owner writes to it once it has the lock, so an empty one is about to be locked.
      if (file.size() > 0 && file.tryLock() != null) {
        PrivateFolder.delete(folder);
      }
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process is removing it.
    }
  }
}
