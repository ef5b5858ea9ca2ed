import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.token.TokenFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What the Java reader gives for ids of caches, a line of JSON per cache and id:
 *
 * <pre>java -cp tokenreel.jar:spark/jars/* LookupRows.java CACHE,CACHE,... ID ...</pre>
 */
public class LookupRows {

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    for (String folder : arguments[0].split(",")) {
      TokenCache cache = TokenCache.open(new Configuration(), new Path(folder));
      for (int i = 1; i < arguments.length; i++) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (CachedTokens row : cache.lookup(arguments[i])) {
          rows.add(columns(row));
        }
        System.out.println(
            json.writeValueAsString(Map.of("cache", folder, "id", arguments[i], "rows", rows)));
      }
    }
  }

  private static Map<String, Object> columns(CachedTokens row) throws Exception {
    Map<String, Object> columns = row.columns();
    columns.put("dim", row.dim());
    columns.put("dtype", row.dtype().label());
    columns.put("token_index", row.tokenIndex());
    columns.put("tokens_sha256", sha256(row.tokens()));
    columns.put("float32_sha256", sha256(TokenFormat.F32.encode(row.rows().decode())));
    columns.put("frame_seconds_sha256", sha256(bytes(row.frameSeconds())));
    row.times().ifPresent(times -> columns.put("frame_index", times.index()));
    columns.put("writer_version", row.writerVersion());
    columns.put("created_at_micros", row.createdAt().getEpochSecond() * 1_000_000 + row.createdAt().getNano() / 1_000);
    columns.put("passthrough", row.passthrough());
    return columns;
  }

  private static byte[] bytes(double[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asDoubleBuffer().put(values);
    return buffer.array();
  }

  private static String sha256(byte[] data) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }
}
