package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a signal does to a process that runs a command. */
class InterruptionTest {

  @ParameterizedTest
  @CsvSource({
    "INT, precompute, 130, '; the same command goes on where it was'",
    "TERM, compress, 143, '; the same command goes on where it was'",
    "TERM, verify, 143, ''"
  })
  void stop_eachSignal_saysOneLineAndEndsWithItsStatus(
      String signal, String command, int status, String next)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "env", // a build in the background has its children ignore Ctrl-C
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Waiting.class.getName(),
                command)
            .start();
    assertEquals('r', process.getInputStream().read()); // it runs
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), err);
    assertEquals(
        List.of("before", "tokenreel %s was stopped by SIG%s%s".formatted(command, signal, next)),
        err.lines().toList());
  }

  /** Says something while it runs, and something else when it is stopped. */
  static final class Waiting {

    private Waiting() {}

    public static void main(String[] arguments) throws InterruptedException {
      Interruption interruption = Interruption.ofThisProcess();
      interruption.handle(
          TokenReel.commandLine().getSubcommands().get(arguments[0]).getCommandSpec());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println("after")));
      System.err.println("before");
      System.out.print('r');
      System.out.flush();
      new CountDownLatch(1).await();
    }
  }
}
