package io.tokenreel.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Says in one line what a folder is that is no whole checkpoint, and what to do. */
final class CheckpointFaults {

  private static final String ID = "[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*";

  /** A repository's address, or how tools write it. */
  private static final Pattern HUB_ADDRESS =
      Pattern.compile(
          "(?:hf://|https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)/)(" + ID + ")/?.*");

  private static final Pattern HUB_ID = Pattern.compile(ID);

  /** No pointer is as long, and nothing else in a checkpoint begins as one. */
  private static final int POINTER_BYTES = 1024;

  private static final List<String> POINTERS =
      List.of("version https://git-lfs.github.com/spec/", "# xet version ");

  private CheckpointFaults() {}

  /** The hub id in an address that is one of the hub's. */
  static Optional<String> hubId(String model) {
    Matcher address = HUB_ADDRESS.matcher(model);
    return address.matches() ? Optional.of(address.group(1)) : Optional.empty();
  }

  /** What to say of a hub id. */
  static String hub(String id) {
    return "'%s' is a hub id, and nothing is downloaded here: run `hf download %s --local-dir %s` and name that folder"
        .formatted(id, id, id.substring(id.indexOf('/') + 1));
  }

  static String missingFolder(FolderLayout layout, String uri) {
    return layout == FolderLayout.HUGGING_FACE && HUB_ID.matcher(uri).matches()
        ? "there is no folder %s; ".formatted(uri) + hub(uri)
        : "model folder '%s' does not exist; %s".formatted(uri, layout.expected());
  }

  static String file(FolderLayout layout, String uri) {
    return uri.endsWith(".gguf")
        ? gguf(uri)
        : "model '%s' is a file; name the folder that it lies in: %s"
            .formatted(uri, layout.expected());
  }

  /**
   * A folder without its layout's settings.
   *
   * @param files in it
   * @param folders in it
   */
  static String noSettings(
      FolderLayout layout, String uri, Collection<String> files, Collection<String> folders) {
    if (files.isEmpty() && folders.isEmpty()) {
      return "model folder '%s' is empty; %s".formatted(uri, layout.expected());
    }
    return (layout == FolderLayout.HUGGING_FACE
            ? noCheckpoint(uri, files, folders)
            : Optional.<String>empty())
        .orElseGet(
            () ->
                "model '%s' holds no %s; %s; found %s"
                    .formatted(uri, layout.settings(), layout.expected(), found(files, folders)));
  }

  /** What else a folder without config.json is, if that can be seen. */
  private static Optional<String> noCheckpoint(
      String uri, Collection<String> files, Collection<String> folders) {
    if (files.contains(FolderLayout.EXPORTED.settings())) {
      return Optional.of(
          "model '%s' is an exported encoder: name it %s%s"
              .formatted(uri, FolderLayout.EXPORTED.prefix(), uri));
    }
    if (files.contains("adapter_config.json")) {
      return Optional.of(adapter(uri));
    }
    if (files.stream().anyMatch(name -> name.endsWith(".gguf"))) {
      return Optional.of(gguf(uri));
    }
    return folders.contains("snapshots")
        ? Optional.of(
            "model '%s' is a repository in a hub's cache; name one of the folders in %s/snapshots"
                .formatted(uri, uri))
        : Optional.empty();
  }

  private static List<String> found(Collection<String> files, Collection<String> folders) {
    return Stream.concat(files.stream(), folders.stream().map(folder -> folder + "/")).toList();
  }

  /** A folder with config.json whose weights are not there. */
  static String noWeights(String uri, Collection<String> files) {
    if (isUnfinished(files)) {
      return unfinished(uri, "model.safetensors", files);
    }
    if (files.contains("adapter_config.json")) {
      return adapter(uri);
    }
    if (files.stream().anyMatch(name -> name.endsWith(".gguf"))) {
      return gguf(uri);
    }
    if (files.stream().anyMatch(name -> name.matches(".*\\.(bin|pt|pth|ckpt)"))) {
      return "model '%s' holds its weights in PyTorch's pickled form; expected safetensors: load it with Transformers and write it with save_pretrained(folder, safe_serialization=True); found %s"
          .formatted(uri, files);
    }
    if (files.stream().anyMatch(name -> name.matches(".*-\\d+-of-\\d+\\.safetensors"))) {
      return "model '%s' lacks model.safetensors.index.json, which says which shard holds what: download it as well; found %s"
          .formatted(uri, files);
    }
    return "model '%s' lacks model.safetensors, or model.safetensors.index.json and its shards; found %s"
        .formatted(uri, files);
  }

  /** A file that settings or an index name, and that is not there. */
  static String missingFile(String uri, String file, Collection<String> files) {
    return isUnfinished(files) || file.matches(".*-\\d+-of-\\d+\\.safetensors")
        ? unfinished(uri, file, files)
        : "model '%s' lacks %s; found %s".formatted(uri, file, files);
  }

  private static boolean isUnfinished(Collection<String> files) {
    return files.stream()
        .anyMatch(name -> name.matches(".*\\.(incomplete|part|partial|aria2|crdownload|lock)"));
  }

  private static String unfinished(String uri, String file, Collection<String> files) {
    return "model '%s' lacks %s: its download has not ended; give the command that downloads it again; found %s"
        .formatted(uri, file, files);
  }

  private static String adapter(String uri) {
    return "model '%s' is an adapter (LoRA) without its base model; merge it (PEFT's merge_and_unload, then save_pretrained) and name the merged folder"
        .formatted(uri);
  }

  private static String gguf(String uri) {
    return "model '%s' is GGUF, llama.cpp's format; expected the original checkpoint, with config.json and *.safetensors"
        .formatted(uri);
  }

  /** What a file is that a clone left in the place of a large one; empty for the file itself. */
  static Optional<String> pointer(String uri, Path file) throws IOException {
    if (Files.size(file) > POINTER_BYTES) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      String head = new String(in.readNBytes(POINTER_BYTES), StandardCharsets.US_ASCII);
      return POINTERS.stream().anyMatch(head::startsWith)
          ? Optional.of(
              "%s of model '%s' is a git-lfs pointer, not the file itself: run `git lfs pull` in that folder, or download it again"
                  .formatted(file.getFileName(), uri))
          : Optional.empty();
    }
  }
}
