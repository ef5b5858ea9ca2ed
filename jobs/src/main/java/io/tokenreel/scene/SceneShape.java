package io.tokenreel.scene;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The shapes of objects, each in the square from -1 to 1, with y pointing down. */
public enum SceneShape {
  CIRCLE {
    @Override
    boolean covers(double x, double y) {
      return x * x + y * y <= 1;
    }
  },
  SQUARE {
    @Override
    boolean covers(double x, double y) {
      return Math.abs(x) <= 1 && Math.abs(y) <= 1;
    }
  },
  TRIANGLE {
    @Override
    boolean covers(double x, double y) {
      return y <= 1 && Math.abs(x) <= (y + 1) / 2;
    }
  },
  CROSS {
    @Override
    boolean covers(double x, double y) {
      double near = Math.min(Math.abs(x), Math.abs(y));
      return near <= ARM && Math.max(Math.abs(x), Math.abs(y)) <= 1;
    }
  };

  private static final double ARM = 0.34; // half the width of a cross's arms

  /** Whether a point is inside. */
  abstract boolean covers(double x, double y);

  /** The word of questions and answers. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
