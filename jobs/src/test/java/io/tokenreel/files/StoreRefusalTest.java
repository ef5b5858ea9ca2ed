package io.tokenreel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;

/** Messages are those of hadoop-aws 3.4, Google's connector 3 and hadoop-azure 3.4. */
class StoreRefusalTest {

  private static String line(Throwable failure) {
    return StoreRefusal.of(new IllegalStateException("a defect?", failure)).orElse("none");
  }

  private static void assertLine(String beginning, String remedy, Throwable failure) {
    String line = line(failure);
    assertTrue(line.startsWith(beginning + "; "), line);
    assertTrue(line.contains(remedy), line);
  }

  @Test
  void of_noCredentials_namesThePathAndWhatToSet() {
    assertLine(
        "s3a://videos/in: there are no credentials for it",
        "AWS_ACCESS_KEY_ID",
        new AccessDeniedException(
            "s3a://videos/in",
            null,
            "org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by SimpleAWSCredentialsProvider"));
    assertLine(
        "gs://videos/in: there are no credentials for it",
        "GOOGLE_APPLICATION_CREDENTIALS",
        new IOException(
            "Error accessing gs://videos/in",
            new IOException("Your default credentials were not found. To set up ...")));
    assertLine(
        "abfss://videos@account.dfs.core.windows.net/in: there are no credentials for it",
        "spark.hadoop.fs.azure.account.key.ACCOUNT",
        new IOException(
            "abfss://videos@account.dfs.core.windows.net/in",
            new IOException("Invalid configuration value detected for fs.azure.account.key")));
  }

  @Test
  void of_deniedAccess_namesThePathAndTheCause() {
    assertLine(
        "s3a://videos/in: access is denied: (Service: S3, Status Code: 403)",
        "AWS_ACCESS_KEY_ID",
        new AccessDeniedException(
            "s3a://videos/in",
            null,
            "software.amazon.awssdk.services.s3.model.S3Exception: null (Service: S3, Status Code: 403, Request ID: qjeav):null"));
    assertLine(
        "gs://videos/in: access is denied: 403 Forbidden",
        "GOOGLE_APPLICATION_CREDENTIALS",
        new IOException("Error accessing gs://videos/in", new IOException("403 Forbidden\nGET")));
    assertLine(
        "hdfs:///data: access is denied: Permission denied: user=a, access=WRITE, inode=\"/data\":b",
        "kinit",
        new AccessControlException(
            "Permission denied: user=a, access=WRITE, inode=\"/data\":b\nat x"));
    assertLine(
        "/data/a b: access is denied",
        "as a user who may",
        new UncheckedIOException(new AccessDeniedException("/data/a b")));
    assertLine(
        "/data/a b: access is denied: /data/a b (Permission denied)",
        "as a user who may",
        new FileNotFoundException("/data/a b (Permission denied)"));
  }

  @Test
  void of_bucketThatIsNotThere_namesIt() {
    assertLine(
        "s3a://nothere/50%/_table: its bucket is not there",
        "make it, or name another",
        new IOException(
            "getFileStatus on s3a://nothere/50%/_table: NoSuchBucketException: The specified bucket does not exist"));
  }

  @Test
  void of_failureWithoutAPath_namesTheOneGiven() {
    String line = StoreRefusal.of(new IOException("403 Forbidden"), "gs://a/b").orElseThrow();
    assertTrue(line.startsWith("gs://a/b: access is denied: 403 Forbidden; set GOOGLE_"), line);
  }

  @Test
  void ofAll_deniedAccess_isNone() {
    assertEquals(
        Optional.empty(), StoreRefusal.ofAll(new AccessDeniedException("s3a://a/b"), "s3a://a/b"));
    assertTrue(
        StoreRefusal.ofAll(new IOException("NoSuchBucket"), "s3a://a/b").isPresent(), "no bucket");
  }

  @Test
  void of_anotherFailure_isNone() {
    assertEquals(Optional.empty(), StoreRefusal.of(new FileNotFoundException("s3a://videos/in")));
    assertEquals(Optional.empty(), StoreRefusal.of(new IllegalStateException(new IOException())));
  }
}
