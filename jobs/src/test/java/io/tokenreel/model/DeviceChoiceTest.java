package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceChoiceTest {

  @Test
  void parse_ofEveryWord_givesItsDevice() {
    assertEquals(DeviceChoice.AUTO, DeviceChoice.parse("auto"));
    assertEquals(DeviceChoice.CPU, DeviceChoice.parse("cpu"));
    assertEquals(DeviceChoice.cuda(0), DeviceChoice.parse("cuda"));
    assertEquals("cuda:3", DeviceChoice.cuda(3).toString());
    for (DeviceChoice choice : List.of(DeviceChoice.AUTO, DeviceChoice.CPU, DeviceChoice.cuda(3))) {
      assertEquals(choice, DeviceChoice.parse(choice.toString()));
    }
  }

  @Test
  void parse_ofAnotherWord_listsTheKnownOnes() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DeviceChoice.parse("gpu")).getMessage();
    assertEquals("unknown device 'gpu'; expected auto, cpu, cuda or cuda:N", message);
    assertThrows(IllegalArgumentException.class, () -> DeviceChoice.cuda(-1));
  }

  @Test
  void assigned_inATaskWithGpus_isTheFirstOfThemUnlessTheCpuWasAskedFor() {
    List<String> addresses = List.of("3", "5");
    assertEquals(DeviceChoice.cuda(3), DeviceChoice.AUTO.assigned(addresses));
    assertEquals(DeviceChoice.cuda(3), DeviceChoice.cuda(0).assigned(addresses));
    assertEquals(DeviceChoice.CPU, DeviceChoice.CPU.assigned(addresses));
  }

  @Test
  void assigned_addressThatIsNoNumber_namesItAndTheDiscoveryScript() {
    for (String address : List.of("GPU-5d1f", "MIG-GPU-5d1f/1/0", "-1", "")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> DeviceChoice.AUTO.assigned(List.of(address)))
              .getMessage();
      assertTrue(message.contains("GPU '" + address + "'; expected its number"), message);
      assertTrue(message.contains("discoveryScript"), message);
    }
  }

  @Test
  void checkDevice_ofAGpuThatIsNotThere_saysWhatTheEngineSees() {
    String message =
        assertThrows(DeviceException.class, () -> Models.checkDevice(DeviceChoice.cuda(99)))
            .getMessage();
    assertTrue(message.contains("cuda:99") && message.contains("PYTORCH_LIBRARY_PATH"), message);
    assertEquals(DeviceChoice.CPU, Models.checkDevice(DeviceChoice.CPU));
    assertTrue(Models.checkDevice(DeviceChoice.AUTO).kind() != DeviceChoice.Kind.AUTO);
  }
}
