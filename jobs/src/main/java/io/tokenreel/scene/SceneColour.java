package io.tokenreel.scene;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The colours of objects, far apart in hue; nothing else in a scene has one. */
public enum SceneColour {
  RED(225, 35, 35),
  YELLOW(240, 220, 40),
  GREEN(35, 190, 55),
  CYAN(40, 215, 220),
  BLUE(45, 75, 235),
  PURPLE(165, 50, 205);

  private final int red; // 0 to 255, as the next two
  private final int green;
  private final int blue;

  SceneColour(int red, int green, int blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** The level of a channel, 0 to 255: 0 is red, 1 green, 2 blue. */
  int level(int channel) {
    return switch (channel) {
      case 0 -> red;
      case 1 -> green;
      default -> blue;
    };
  }

  /** The word of questions and answers. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
