package io.tokenreel.cli;

import io.tokenreel.cache.store.TableName;
import io.tokenreel.compress.Compressors;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.eval.task.Tasks;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.OptionForm;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.spec.Spec;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.SamplingSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Spec strings on the command line: checked while options are parsed, and kept in their canonical
 * form.
 */
public final class Specs {

  private Specs() {}

  private abstract static class Canonical implements ITypeConverter<String> {

    private final UnaryOperator<String> canonical;

    Canonical(UnaryOperator<String> canonical) {
      this.canonical = canonical;
    }

    @Override
    public String convert(String text) {
      try {
        return canonical.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** {@code --compression}. */
  static final class Compression extends Canonical {
    Compression() {
      super(text -> Compressors.of(text).spec());
    }
  }

  /** {@code --sampling}. */
  static final class Sampling extends Canonical {
    Sampling() {
      super(text -> SamplingSpec.parse(text).toString());
    }
  }

  /** {@code --fit}: the text as it is, for what it leaves out is the model's. */
  static final class Fit extends Canonical {
    Fit() {
      super(
          text -> {
            FrameFit.parse(text);
            return text;
          });
    }
  }

  /** {@code --device}. */
  static final class Device extends Canonical {

    /** {@link DeviceChoice#WORDS} as a page of help has alternatives. */
    static final String LABEL = "auto|cpu|cuda|cuda:N";

    /** Ends the option's description. */
    static final String NUMBER =
        "; N counts the GPUs that the process sees, from 0, and a GPU that Spark assigned to the task goes before (default: ${DEFAULT-VALUE})";

    Device() {
      super(
          text -> {
            DeviceChoice.parse(text); // which prints cuda with an index, and takes none
            return text;
          });
    }
  }

  /** {@code --compute-dtype}. */
  static final class ComputeDtype extends Canonical {

    /** {@link ComputeChoice#WORDS} as a page of help has alternatives. */
    static final String LABEL = "auto|f32|bf16|f16";

    ComputeDtype() {
      super(text -> ComputeChoice.parse(text).toString());
    }
  }

  /** {@code --kv}. */
  static final class Kv extends Canonical {
    Kv() {
      super(text -> KvSpec.parse(text).toString());
    }
  }

  /** {@code --template}. */
  static final class Template extends Canonical {
    Template() {
      super(PromptTemplates::checked);
    }
  }

  /** {@code --check}. */
  static final class Check extends Canonical {
    Check() {
      super(text -> oneOf("check", text, List.of("sampled", "full")));
    }
  }

  /** {@code --for}. */
  static final class Server extends Canonical {
    Server() {
      super(text -> oneOf("server", text, List.of("vllm-ec")));
    }
  }

  /** {@code --scoring}. */
  static final class AnswerScoring extends Canonical {
    AnswerScoring() {
      super(text -> oneOf("scoring", text, List.of("generate", "options")));
    }
  }

  /** {@code --option-form}. */
  static final class Form extends Canonical {
    Form() {
      super(text -> oneOf("form", text, Stream.of(OptionForm.values()).map(Spec::print).toList()));
    }
  }

  /** {@code --split}. */
  static final class Split extends Canonical {
    Split() {
      super(
          text ->
              oneOf("split", text, Stream.of(SceneSplit.values()).map(SceneSplit::word).toList()));
    }
  }

  /** {@code --task}: its form, and a name that no file of the user's has. */
  static final class Benchmark extends Canonical {
    Benchmark() {
      super(
          text -> {
            TaskSpec spec = TaskSpec.parse(text);
            if (!spec.task().endsWith(".yaml")) {
              Tasks.of(spec.task(), spec.version(), null); // a name is no path
            }
            return text;
          });
    }
  }

  private static String oneOf(String kind, String text, List<String> known) {
    if (!known.contains(text)) {
      throw new IllegalArgumentException(UnknownWord.message(kind, text, known));
    }
    return text;
  }

  /** {@code --table}. */
  static final class Table extends Canonical {
    Table() {
      super(text -> TableName.parse(text).toString());
    }
  }

  /** Options that name a file or folder of this machine, which is there or can be made. */
  public static class LocalPath implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      try {
        Path path = UserPath.local(text);
        require(path.toAbsolutePath());
        return path;
      } catch (UnusablePathException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    /**
     * That nothing stands in the way of the path.
     *
     * @param path absolute
     */
    void require(Path path) {
      requireFolder(path.getParent());
    }

    /** That a folder is there or can be made, as far as files do not stand in its way. */
    static void requireFolder(Path folder) {
      Path there = folder;
      while (there != null && !Files.exists(there)) {
        there = there.getParent();
      }
      if (there != null && !Files.isDirectory(there)) {
        throw new TypeConversionException(
            "expected a folder; got the file %s. Name a folder, or remove the file"
                .formatted(there));
      }
    }
  }

  /** Options that name a folder of this machine. */
  public static final class LocalFolder extends LocalPath {
    @Override
    void require(Path path) {
      requireFolder(path);
    }
  }

  /** {@code --token-dtype}. */
  static final class Dtype extends Canonical {

    /** {@link TokenFormat#labels} as a page of help has alternatives. */
    static final String LABEL = "f32|f16|bf16|int8|fp8";

    Dtype() {
      super(text -> TokenFormat.of(text).label());
    }
  }
}
