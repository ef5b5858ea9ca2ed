package io.tokenreel.scene;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** Where an object goes, with y pointing down. */
public enum SceneMotion {
  LEFT(-1, 0),
  RIGHT(1, 0),
  UP(0, -1),
  DOWN(0, 1),
  STILL(0, 0);

  /** The four ways. */
  static final List<SceneMotion> WAYS = List.of(LEFT, RIGHT, UP, DOWN);

  private final int x;
  private final int y;

  SceneMotion(int x, int y) {
    this.x = x;
    this.y = y;
  }

  int x() {
    return x;
  }

  int y() {
    return y;
  }

  /** The word of questions and answers. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
