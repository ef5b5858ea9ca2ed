package io.tokenreel.job;

import io.tokenreel.cache.TableName;
import io.tokenreel.compress.Compressors;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.video.SamplingSpec;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Spec strings on the command line: checked while options are parsed, and kept in their canonical
 * form.
 */
final class Specs {

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
      super(text -> Compressors.of(text).spec().toString());
    }
  }

  /** {@code --sampling}. */
  static final class Sampling extends Canonical {
    Sampling() {
      super(text -> SamplingSpec.parse(text).toString());
    }
  }

  /** {@code --device}. */
  static final class Device extends Canonical {
    Device() {
      super(
          text -> {
            DeviceChoice.parse(text); // which prints cuda with an index, and takes none
            return text;
          });
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

  /** {@code --table}. */
  static final class Table extends Canonical {
    Table() {
      super(text -> TableName.parse(text).toString());
    }
  }

  /** {@code --token-dtype}. */
  static final class Dtype extends Canonical {
    Dtype() {
      super(text -> TokenDtype.of(text).label());
    }
  }
}
