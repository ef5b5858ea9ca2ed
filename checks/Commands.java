import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cli.TokenReel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs commands in one JVM, which is warm from the second one on. Standard input has a line of JSON for each, {"arguments": [...], "out":
 * FILE, "err": FILE}; standard output gets its exit status.
 */
public class Commands {

  private record Command(List<String> arguments, String out, String err) {}

  public static void main(String[] none) throws Exception {
    ObjectMapper json = new ObjectMapper();
    PrintStream statuses = System.out;
    PrintStream logs = System.err;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Command command = json.readValue(line, Command.class);
      int status;
      try (PrintStream out = new PrintStream(command.out(), StandardCharsets.UTF_8);
          PrintStream err = new PrintStream(command.err(), StandardCharsets.UTF_8)) {
        System.setOut(out);
        System.setErr(err);
        status = TokenReel.execute(command.arguments().toArray(String[]::new));
      } finally {
        System.setOut(statuses);
        System.setErr(logs);
      }
      statuses.println(status);
    }
  }
}
