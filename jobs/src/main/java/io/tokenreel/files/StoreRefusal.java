package io.tokenreel.files;

import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.security.AccessControlException;

/**
 * What a store without credentials, without the bucket, or that denies access says to a person: the
 * path, the cause, and what to set. The connectors of stores are not there when this is compiled,
 * so their exceptions are recognised by names and messages.
 */
public final class StoreRefusal {

  private static final Pattern NO_CREDENTIALS =
      Pattern.compile(
          "NoAuthWithAWS|NoAwsCredentials|CredentialInitialization|KeyProviderException"
              + "|fs\\.azure\\.account\\.key|Client cannot authenticate via"
              + "|(?i:unable to load credentials|cannot find the metadata server"
              + "|credentials (?:are|were) not (?:available|found))");

  private static final Pattern DENIED =
      Pattern.compile(
          "AccessDeniedException|AccessControlException|\\(Permission denied\\)"
              + "|\\b(?:401 Unauthorized|403 Forbidden|Status Code: 40[13])\\b");

  private static final Pattern NO_BUCKET =
      Pattern.compile(
          "UnknownStoreException|NoSuchBucket|(?i:(?:bucket|filesystem) does not exist)");

  private static final String S3 =
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or spark.hadoop.fs.s3a.access.key and spark.hadoop.fs.s3a.secret.key; for a public bucket, spark.hadoop.fs.s3a.aws.credentials.provider=org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider";

  private static final String AZURE =
      "set spark.hadoop.fs.azure.account.key.ACCOUNT.dfs.core.windows.net, or spark.hadoop.fs.azure.account.auth.type and what it needs";

  private static final String LOCAL =
      "run the command as a user who may, or change the rights of the file or folder";

  /** What to do, by scheme. */
  private static final Map<String, String> REMEDIES =
      Map.of(
          "s3a",
          S3,
          "s3",
          S3,
          "gs",
          "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or spark.hadoop.fs.gs.auth.type and what it needs",
          "abfs",
          AZURE,
          "abfss",
          AZURE,
          "hdfs",
          "run kinit where the cluster has Kerberos, or set HADOOP_USER_NAME to a user who may",
          "file",
          LOCAL);

  private static final Pattern URI =
      Pattern.compile("\\b(?:%s)://[^\\s:,'\"]+".formatted(String.join("|", REMEDIES.keySet())));

  /** Of a local file, as java.io has it, and of a cluster's, as HDFS has it. */
  private static final Pattern PATH =
      Pattern.compile("(?<local>/[^\\n]*) \\(Permission denied\\)|inode=\"(?<inode>[^\"]+)\"");

  /** Names of classes and requests, and what AWS has of an answer without a body. */
  private static final Pattern NOISE =
      Pattern.compile(
          "(?:[a-z]\\w*\\.)+[A-Z]\\w*: ?|, (?:Extended )?Request ID: [^,)]+|:?\\bnull\\b ?");

  private StoreRefusal() {}

  /** The line, when a failure, or one that it was caused by, is a refusal. */
  public static Optional<String> of(Throwable failure) {
    return of(failure, "a store");
  }

  /**
   * As {@link #of(Throwable)}.
   *
   * @param named what the line begins with where the failure names no path
   */
  public static Optional<String> of(Throwable failure, String named) {
    List<Throwable> chain = chain(failure);
    Optional<Throwable> denial =
        chain.stream().filter(StoreRefusal::isDenial).reduce((outer, inner) -> inner);
    return ofAll(failure, named)
        .or(() -> denial.map(found -> line(chain, named, "access is denied" + reason(found))));
  }

  /**
   * As {@link #of(Throwable, String)}, but only where nothing of the store can be read. A path to
   * which access is denied does not show that.
   */
  public static Optional<String> ofAll(Throwable failure, String named) {
    List<Throwable> chain = chain(failure);
    if (chain.stream().anyMatch(says(NO_BUCKET))) {
      return Optional.of(
          "%s: its bucket is not there; make it, or name another"
              .formatted(path(chain).orElse(named)));
    }
    return chain.stream().anyMatch(says(NO_CREDENTIALS))
        ? Optional.of(line(chain, named, "there are no credentials for it"))
        : Optional.empty();
  }

  private static List<Throwable> chain(Throwable failure) {
    return Stream.iterate(failure, e -> e != null, Throwable::getCause).toList();
  }

  private static Optional<String> path(List<Throwable> chain) {
    return chain.stream().flatMap(StoreRefusal::path).findFirst();
  }

  private static String line(List<Throwable> chain, String named, String cause) {
    String path = path(chain).orElse(named);
    return "%s: %s; %s".formatted(path, cause, remedy(path));
  }

  private static Predicate<Throwable> says(Pattern words) {
    return failure -> words.matcher(failure.toString()).find();
  }

  private static boolean isDenial(Throwable failure) {
    return failure instanceof AccessDeniedException
        || failure instanceof AccessControlException
        || says(DENIED).test(failure);
  }

  private static String remedy(String path) {
    String scheme = UserPath.scheme(path).orElse("file");
    return REMEDIES.getOrDefault(scheme, "set what its Hadoop connector needs by --conf");
  }

  private static Stream<String> path(Throwable failure) {
    if (failure instanceof AccessDeniedException denied && denied.getFile() != null) {
      return Stream.of(denied.getFile());
    }
    String said = String.valueOf(failure.getMessage());
    Matcher path = PATH.matcher(said);
    if (path.find()) {
      return Stream.of(
          path.group("inode") == null ? path.group("local") : "hdfs://" + path.group("inode"));
    }
    return URI.matcher(said).results().map(MatchResult::group);
  }

  /** What was said of it, without the names of classes and requests. */
  private static String reason(Throwable failure) {
    String said =
        failure instanceof AccessDeniedException denied ? denied.getReason() : failure.getMessage();
    String line = said == null ? "" : said.lines().findFirst().orElse("");
    line = NOISE.matcher(line).replaceAll("").strip();
    return line.isEmpty() ? "" : ": " + line;
  }
}
