package io.tokenreel.cache;

import java.io.IOException;

/**
 * A cache's tables cannot be where they were asked for, or where its folder says; nothing was done.
 */
public final class TableSettingsException extends IOException {

  private static final long serialVersionUID = 1;

  public TableSettingsException(String message) {
    super(message);
  }

  public TableSettingsException(String message, Exception cause) {
    super(message, cause);
  }
}
