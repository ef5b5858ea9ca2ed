package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeviceChoiceTest {

  @Test
  void parse_ofEveryWord_givesItsDevice() {
    assertEquals(DeviceChoice.AUTO, DeviceChoice.parse("auto"));
    assertEquals(DeviceChoice.CPU, DeviceChoice.parse("cpu"));
    assertEquals(DeviceChoice.cuda(0), DeviceChoice.parse("cuda"));
    assertEquals("cuda:3", DeviceChoice.cuda(3).toString());
  }

  @Test
  void parse_ofAnotherWord_listsTheKnownOnes() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DeviceChoice.parse("gpu")).getMessage();
    assertEquals("unknown device 'gpu'; expected auto, cpu or cuda", message);
    assertThrows(IllegalArgumentException.class, () -> DeviceChoice.cuda(-1));
  }

  @Test
  void checkDevice_ofAGpuThatIsNotThere_saysWhatTheEngineSees() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Models.checkDevice(DeviceChoice.cuda(99)))
            .getMessage();
    assertTrue(message.contains("cuda:99") && message.contains("PYTORCH_LIBRARY_PATH"), message);
    assertEquals(DeviceChoice.CPU, Models.checkDevice(DeviceChoice.CPU));
    assertTrue(Models.checkDevice(DeviceChoice.AUTO).kind() != DeviceChoice.Kind.AUTO);
  }
}
