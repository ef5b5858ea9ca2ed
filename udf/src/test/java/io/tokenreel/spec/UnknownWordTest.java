package io.tokenreel.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.token.TokenFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownWordTest {

  private static final List<String> KNOWN =
      List.of("dycoke", "frames", "none", "random", "topk", "uniform", "vidcom2");

  @ParameterizedTest
  @CsvSource({
    "vidcom, vidcom2", // lost
    "vidcom22, vidcom2", // added
    "vidcom3, vidcom2", // changed
    "vidocm2, vidcom2", // swapped
    "VidCom2, vidcom2",
    "unifrom, uniform",
    "frame, frames",
    "dy, dycoke",
    "nome, none"
  })
  void nearest_slip_isTheWordThatWasMeant(String word, String meant) {
    assertEquals(Optional.of(meant), UnknownWord.nearest(word, KNOWN));
  }

  @ParameterizedTest
  @CsvSource({"shrink", "''", "x", "pooling", "compress"})
  void nearest_otherWord_isNone(String word) {
    assertEquals(Optional.empty(), UnknownWord.nearest(word, KNOWN));
  }

  @Test
  void message_ofASlip_namesWordNearestAndAll() {
    assertEquals(
        "unknown dtype 'f23'; did you mean f32? known: [f32, f16]",
        UnknownWord.message("dtype", "f23", List.of("f32", "f16")));
    assertEquals(
        "unknown dtype 'int8'; known: [f32, f16]",
        UnknownWord.message("dtype", "int8", List.of("f32", "f16")));
  }

  @Test
  void dtype_ofNumpysName_isTheSame() {
    assertEquals(TokenFormat.F32, TokenFormat.of("float32"));
    assertEquals(TokenFormat.F16, TokenFormat.of("float16"));
    assertEquals(TokenFormat.BF16, TokenFormat.of("bfloat16"));
    assertEquals(TokenFormat.INT8, TokenFormat.of("int8"));
    assertEquals(TokenFormat.FP8, TokenFormat.of("float8_e4m3fn"));
  }
}
