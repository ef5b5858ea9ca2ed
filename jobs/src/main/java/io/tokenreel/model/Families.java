package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.FolderLayout;
import io.tokenreel.model.checkpoint.Quantization;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.spec.Services;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Model families by architecture: each jar names its own in META-INF/services. */
final class Families {

  /** Architecture, as config.json names it, to family. */
  private final SortedMap<String, ModelFamily> byArchitecture = new TreeMap<>();

  /** Of exported encoders, which have no config.json. */
  private final ModelFamily exported;

  /**
   * @throws IllegalArgumentException when two are of one architecture
   */
  Families(List<ModelFamily> families) {
    for (ModelFamily family : families) {
      String architecture = family.info().architecture();
      ModelFamily twin = byArchitecture.put(architecture, family);
      if (twin != null) {
        throw new IllegalArgumentException(
            "%s and %s are both the model family of %s; expected one: take the jar of the other off the class path"
                .formatted(twin.getClass().getName(), family.getClass().getName(), architecture));
      }
    }
    exported = byArchitecture.remove(FamilyInfo.EXPORTED);
    if (exported == null) {
      throw new IllegalArgumentException(
          "expected META-INF/services/%s to name the families of this project; found %s"
              .formatted(ModelFamily.class.getName(), byArchitecture.keySet()));
    }
  }

  /**
   * Those that are on the class path now.
   *
   * @throws IllegalArgumentException when one cannot be loaded, or two are of one architecture
   */
  static Families found() {
    return new Families(Services.of(ModelFamily.class));
  }

  /** All families, by architecture, and last that of exported encoders. */
  List<FamilyInfo> infos() {
    return Stream.concat(byArchitecture.values().stream(), Stream.of(exported))
        .map(ModelFamily::info)
        .toList();
  }

  /**
   * The family of a folder, which takes what the user set.
   *
   * @throws IllegalArgumentException when the architecture is unknown, the weights are quantised,
   *     or the family does not take a setting
   */
  ModelFamily of(CheckpointFolder folder) {
    ModelFamily family =
        folder.layout() == FolderLayout.EXPORTED ? exported : byArchitecture(folder);
    List<String> known = family.info().options();
    for (String option : folder.options().keySet()) {
      if (!known.contains(option)) {
        throw new IllegalArgumentException(
            "model '%s': %s cannot be set with the model's name; a %s takes %s"
                .formatted(
                    folder.uri(),
                    option,
                    family.info().architecture(),
                    known.isEmpty() ? "no settings" : known));
      }
    }
    return family;
  }

  private ModelFamily byArchitecture(CheckpointFolder folder) {
    Settings config = Settings.read(folder, CheckpointFolder.CONFIG);
    List<String> named = config.words("architectures");
    ModelFamily family =
        named.stream()
            .filter(byArchitecture::containsKey)
            .map(byArchitecture::get)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model '%s' is of architecture %s, which nothing here computes; known: %s"
                            .formatted(folder.uri(), named, byArchitecture.keySet())));
    Quantization.fault(folder.uri(), config)
        .ifPresent(
            message -> {
              throw new IllegalArgumentException(message);
            });
    return family;
  }
}
