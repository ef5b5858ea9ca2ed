package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.FolderLayout;
import io.tokenreel.model.checkpoint.Revision;
import io.tokenreel.spec.Services;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Opens models. Their families are found on the class path: each is its package and one line in
 * META-INF/services, see {@link ModelFamily}.
 */
public final class Models {

  /** The model's name that means the embedded one. */
  public static final String DEFAULT = "default";

  /** Frames of a forward pass on a GPU, unless a caller has another number. */
  private static final int GPU_PASS_FRAMES = 32;

  /** What was read of a checkpoint stays true until a file of it changes. */
  private static final Map<String, VisionInfo> DESCRIBED = new ConcurrentHashMap<>();

  private static final Map<String, LanguageInfo> LANGUAGES = new ConcurrentHashMap<>();

  private static final Map<String, Optional<String>> LEGACY_REVISIONS = new ConcurrentHashMap<>();

  /** The two sides of a checkpoint. */
  enum Side {
    VISION,
    LANGUAGE
  }

  private Models() {}

  /**
   * All families, by architecture, and last that of exported encoders.
   *
   * @throws IllegalArgumentException when one cannot be loaded, or two are of one architecture
   */
  public static List<FamilyInfo> families() {
    return Families.found().infos();
  }

  /**
   * Opens the vision side of a checkpoint.
   *
   * @param model a checkpoint folder on any Hadoop file system, {@code default}, or {@code
   *     djl:FOLDER} for the folder of an exported encoder
   * @throws IllegalArgumentException when the checkpoint is incomplete, malformed or of an unknown
   *     family
   * @throws DeviceException when the device is not there or has no room for the weights
   */
  public static VisionTower openVision(String model, DeviceChoice device, Configuration hadoop) {
    return openVision(folder(model, hadoop), device, GPU_PASS_FRAMES);
  }

  static VisionTower openVision(CheckpointFolder folder, DeviceChoice choice, int gpuPassFrames) {
    ModelFamily family = family(folder);
    ModelEngine engine = engine();
    DeviceChoice device = engine.check(choice);
    try {
      return family.openVision(folder, device, gpuPassFrames);
    } catch (RuntimeException e) {
      throw engine.whileOpening(folder.uri(), e);
    }
  }

  /**
   * What {@link #openVision} would give, without starting the engine: for planning on the driver.
   * It reads the vision side's weights once for the revision and remembers the answer until a file
   * of the folder changes.
   *
   * @throws IllegalArgumentException as {@link #openVision} does
   */
  public static VisionInfo describe(String model, Configuration hadoop) {
    CheckpointFolder folder = folder(model, hadoop);
    return DESCRIBED.computeIfAbsent(
        folder.stamp(), stamp -> family(folder).describeVision(folder));
  }

  /**
   * Opens the language side of a checkpoint.
   *
   * @param model a checkpoint folder on any Hadoop file system, or {@code default}
   * @throws IllegalArgumentException as {@link #openVision} does, and for an exported encoder
   */
  public static LanguageModel openLanguage(
      String model, DeviceChoice device, Configuration hadoop) {
    return openLanguage(folder(model, hadoop), device);
  }

  static LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice choice) {
    ModelFamily family = family(folder);
    ModelEngine engine = engine();
    DeviceChoice device = engine.check(choice);
    try {
      return family.openLanguage(folder, device);
    } catch (RuntimeException e) {
      throw engine.whileOpening(folder.uri(), e);
    }
  }

  /**
   * What {@link #openLanguage} would give, without starting the engine; as {@link #describe}.
   *
   * @throws IllegalArgumentException as {@link #openLanguage} does
   */
  public static LanguageInfo describeLanguage(String model, Configuration hadoop) {
    CheckpointFolder folder = folder(model, hadoop);
    return LANGUAGES.computeIfAbsent(
        folder.stamp(), stamp -> family(folder).describeLanguage(folder));
  }

  /** What {@link Revision#legacy} gives for a side of a checkpoint, read once as above. */
  static Optional<String> legacyRevision(String model, Configuration hadoop, Side side) {
    CheckpointFolder folder = folder(model, hadoop);
    return LEGACY_REVISIONS.computeIfAbsent(
        side + folder.stamp(),
        stamp ->
            side == Side.VISION
                ? family(folder).legacyVisionRevision(folder)
                : family(folder).legacyLanguageRevision(folder));
  }

  /**
   * Checks that a model has a prompt template.
   *
   * @throws IllegalArgumentException when it does not, or nobody knows the template
   */
  public static void checkTemplate(String model, String template, Configuration hadoop) {
    CheckpointFolder folder = folder(model, hadoop);
    family(folder).prompts(folder).prompts(template);
  }

  /**
   * Checks what the environment of this process says of the engine, without starting it.
   *
   * @throws DeviceException when it names libraries that cannot be loaded
   */
  public static void checkEnvironment() {
    engine().checkEnvironment();
  }

  /**
   * Starts the engine and checks that a device is there.
   *
   * @return the device itself: never {@code auto}
   * @throws DeviceException when it is not there, or the engine cannot be loaded; the message says
   *     why
   */
  public static DeviceChoice checkDevice(DeviceChoice device) {
    return engine().check(device);
  }

  /**
   * A model whose frames are sized in another way than its checkpoint says.
   *
   * @param model a checkpoint folder, with settings of its own or without
   * @param fit a {@link io.tokenreel.video.FrameFit}
   */
  public static String withFit(String model, String fit) {
    return with(model, ModelFamily.FIT, fit);
  }

  /**
   * A model that computes in the type of a choice. What its name says already goes before {@code
   * auto}; an exported encoder computes as its file says.
   *
   * @param model a checkpoint folder, with settings of its own or without
   * @param gpu whether it will run on a GPU
   * @throws IllegalArgumentException when its name says another type than a choice other than auto,
   *     or the choice is none that an exported encoder has
   */
  public static String computing(String model, ComputeChoice choice, boolean gpu) {
    if (FolderLayout.of(model) == FolderLayout.EXPORTED) {
      if (choice != ComputeChoice.AUTO && choice != ComputeChoice.F32) {
        throw new IllegalArgumentException(
            "model '%s' computes as its exported file says, not in %s: export it in %s, or leave the compute type at auto"
                .formatted(model, choice, choice));
      }
      return model;
    }
    Optional<String> named = CheckpointFolder.option(model, ComputeType.OPTION);
    if (named.isPresent()) {
      if (choice != ComputeChoice.AUTO && !named.get().equals(choice.toString())) {
        throw new IllegalArgumentException(
            "model '%s' names the compute type %s, and %s is asked for: name one of them"
                .formatted(model, named.get(), choice));
      }
      return model;
    }
    ComputeType type = choice.on(gpu);
    return type == ComputeType.F32 ? model : with(model, ComputeType.OPTION, type.label());
  }

  /**
   * The compute type that a model's name sets; empty where it leaves the type open.
   *
   * @throws IllegalArgumentException for an unknown type; the message lists the known ones
   */
  public static Optional<ComputeType> namedComputeType(String model) {
    return FolderLayout.of(model) == FolderLayout.EXPORTED
        ? Optional.empty()
        : CheckpointFolder.option(model, ComputeType.OPTION).map(ComputeType::of);
  }

  /**
   * The type that a model of this name computes in; empty for an exported encoder, which computes
   * as its file says.
   *
   * @throws IllegalArgumentException as {@link #namedComputeType} does
   */
  public static Optional<ComputeType> computeType(String model) {
    return FolderLayout.of(model) == FolderLayout.EXPORTED
        ? Optional.empty()
        : namedComputeType(model).or(() -> Optional.of(ComputeType.F32));
  }

  /** Whether a name is that of the embedded model, with settings or without. */
  public static boolean isBuiltIn(String model) {
    return model.equals(DEFAULT) || model.startsWith(DEFAULT + "#");
  }

  private static String with(String model, String key, String value) {
    return model + (CheckpointFolder.hasOptions(model) ? "&" : "#") + key + "=" + value;
  }

  static CheckpointFolder folder(String model, Configuration hadoop) {
    return CheckpointFolder.open(
        isBuiltIn(model)
            ? DefaultModel.folder().toUri() + model.substring(DEFAULT.length())
            : model,
        hadoop);
  }

  private static ModelEngine engine() {
    List<ModelEngine> engines = Services.of(ModelEngine.class);
    if (engines.size() != 1) {
      throw new IllegalStateException(
          "expected META-INF/services/%s to name one engine; found %s"
              .formatted(ModelEngine.class.getName(), engines));
    }
    return engines.get(0);
  }

  private static ModelFamily family(CheckpointFolder folder) {
    return Families.found().of(folder);
  }
}
