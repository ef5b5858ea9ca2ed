package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tokenreel.model.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who ends the JVM of a command that is done. */
class MainReturnTest {

  private static final String RETURNED = "main returned";

  /** As the application master of YARN runs a driver, with an exit that it would see. */
  public static final class Driver {

    private Driver() {}

    public static void main(String[] arguments) {
      TokenReel.main(arguments);
      System.out.println(RETURNED);
      System.exit(0);
    }
  }

  /** It takes an application whose driver exits for one that failed, whatever the status. */
  @Test
  void main_asTheDriverOfAYarnApplication_returns() throws Exception {
    List<String> yarn = List.of("-Dspark.master=yarn", "-Dspark.submit.deployMode=cluster");
    assertEquals(RETURNED, ChildJvm.run(yarn, Driver.class, "--version"));
  }

  @Test
  void main_elsewhere_exits() throws Exception {
    List<String> pod = List.of("-Dspark.master=k8s://api", "-Dspark.submit.deployMode=client");
    String last = ChildJvm.run(pod, Driver.class, "--version");
    assertEquals(ChildJvm.run(List.of(), Driver.class, "--version"), last);
    assertNotEquals(RETURNED, last);
  }
}
