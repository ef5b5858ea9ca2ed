package io.tokenreel.cli;

/**
 * The command line as a task of a platform that shares its JVM and its Spark session with the task,
 * such as a JAR task of Databricks: one command joins the session, and ends neither it nor the JVM.
 */
public final class TokenReelTask {

  private TokenReelTask() {}

  /**
   * Runs one command, as {@link TokenReel#execute(String...)} does.
   *
   * @throws IllegalStateException if its exit status is not 0, by which the platform knows that the
   *     task failed; what the command printed on standard error says why
   */
  public static void main(String[] arguments) {
    int status = TokenReel.execute(arguments);
    if (status != 0) {
      throw new IllegalStateException(
          "tokenreel %s ended with exit status %d; its last lines on standard error say why"
              .formatted(arguments.length == 0 ? "" : arguments[0], status));
    }
  }
}
