package io.tokenreel.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The choice of kernels. The build runs this in JVMs of all widths and without the vector module,
 * so that a vector path that went missing fails it.
 */
class BestKernelsTest {

  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  @Test
  void best_inThisBuild_isTheExpectedPath() {
    assertEquals(System.getProperty("tokenreel.test.kernels", "vector"), Kernels.best().name());
  }

  @Test
  void best_inThisBuild_isAsWideAsAskedOrAsTheMachine() {
    int asked = Integer.getInteger("tokenreel.test.bits", 512);
    if (Kernels.best() instanceof VectorKernels vector) {
      assertEquals(Math.min(asked, widestBits()), vector.bits());
    }
  }

  /** What HotSpot found this machine, under its own flags, to have. */
  private static int widestBits() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Byte.SIZE * Integer.parseInt(jvm.getVMOption("MaxVectorSize").getValue());
  }

  @Test
  void best_registersOfOneNumber_isScalarAndSaysWhy() throws IOException, InterruptedException {
    String output = choiceOf(MODULE, "-XX:MaxVectorSize=8");
    assertTrue(output.contains("chosen: scalar"), output);
    assertTrue(output.contains("vectors are 64 bits wide in this JVM"), output);
  }

  @Test
  void best_withoutTheModule_isScalarAndSaysWhy() throws IOException, InterruptedException {
    String output = choiceOf();
    assertTrue(output.contains("chosen: scalar"), output);
    assertTrue(output.contains("start the JVM with --add-modules jdk.incubator.vector"), output);
  }

  /** What another JVM with these options chooses, and its log. */
  private static String choiceOf(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Choice.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** Prints the choice. */
  static final class Choice {

    private Choice() {}

    public static void main(String[] args) {
      System.out.println("chosen: " + Kernels.best().name());
    }
  }
}
