package io.tokenreel.video;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.SpecRegistry;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The one registry of fits: a new fit is its class and one line here. */
final class FrameFits {

  private static final SpecRegistry<FrameFit> FITS =
      new SpecRegistry<FrameFit>("fit", "fit", SmartFit.NAME + ":factor=28,min=3136,max=12845056")
          .with(
              SmartFit.NAME,
              "keeps a video's shape, in multiples of factor with min to max pixels, as Qwen's models do",
              SmartFit::of);

  /** The one fit whose setting is no key. */
  private static final Pattern FIXED =
      Pattern.compile(FixedFit.NAME + ":([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  private FrameFits() {}

  static List<MethodInfo> infos() {
    MethodInfo fixed =
        new MethodInfo(
            FixedFit.NAME + ":HEIGHTxWIDTH",
            "gives every frame one size, in pixels",
            List.of(),
            List.of());
    return Stream.concat(Stream.of(fixed), FITS.infos().stream()).toList();
  }

  static FrameFit parse(String text) {
    Matcher fixed = FIXED.matcher(text);
    if (fixed.matches()) {
      return new FixedFit(
          new FrameSize(Integer.parseInt(fixed.group(1)), Integer.parseInt(fixed.group(2))));
    }
    if (text.equals(FixedFit.NAME) || text.startsWith(FixedFit.NAME + ":")) {
      throw new IllegalArgumentException(
          "malformed fit '%s'; expected fixed:HEIGHTxWIDTH in pixels, such as fixed:384x384"
              .formatted(text));
    }
    return FITS.parse(text);
  }
}
