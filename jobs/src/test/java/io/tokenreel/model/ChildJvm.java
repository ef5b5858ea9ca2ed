package io.tokenreel.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs in JVMs of their own, for settings that are fixed once per process. */
public final class ChildJvm {

  private ChildJvm() {}

  /** Starts a program with this JVM's class path; its standard error is this one's. */
  public static Process start(List<String> options, Class<?> program, String... arguments)
      throws IOException {
    return start(options, Map.of(), program, arguments);
  }

  /** Starts a program with more environment variables than this JVM's. */
  public static Process start(
      List<String> options, Map<String, String> environment, Class<?> program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    child.environment().putAll(environment);
    return child.start();
  }

  /** Waits for a program and gives the last line it printed. */
  public static String lastLine(Process process) throws IOException, InterruptedException {
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("the child JVM ended with " + status + ": " + output);
    }
    return output.substring(output.lastIndexOf('\n') + 1);
  }

  /** Runs a program to its end and gives the last line it printed. */
  public static String run(List<String> options, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    return lastLine(start(options, program, arguments));
  }
}
