package io.tokenreel.model.engine;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceException;

/** A program that starts the engine and prints the device of a choice, or why there is none. */
public final class EngineStart {

  private EngineStart() {}

  /** Takes the choice. */
  public static void main(String[] args) {
    for (int attempt = 1; ; attempt++) {
      try {
        System.out.println(PyTorch.device(DeviceChoice.parse(args[0])));
        return;
      } catch (DeviceException e) {
        if (attempt == 2) { // the second says the same
          System.out.println(e);
          return;
        }
      }
    }
  }
}
