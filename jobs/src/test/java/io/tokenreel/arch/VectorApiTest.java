package io.tokenreel.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import io.tokenreel.model.engine.RowKernels;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * JDK 19 took methods away from the incubating Vector API: what is compiled with JDK 17 finds out
 * when it is run. Only what looks first whether the methods are there may call them: {@code
 * VectorBytes} of udf, and kernels behind {@link RowKernels#available}.
 */
class VectorApiTest {

  private static final Set<String> GONE =
      Set.of("fromByteArray", "intoByteArray", "fromByteBuffer", "intoByteBuffer");

  @Test
  void calls_ofMethodsThatLaterJdksLack_areInKernelsThatAreChosenByThem() {
    Set<String> callers =
        MainClasses.ofBothModules().stream()
            .filter(each -> each.getMethodCallsFromSelf().stream().anyMatch(VectorApiTest::isGone))
            .map(JavaClass::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of("Bfloat16Rows", "FloatLanes", "VectorBytes", "WideRows"), callers);
  }

  private static boolean isGone(JavaMethodCall call) {
    return call.getTargetOwner().getPackageName().startsWith("jdk.incubator.vector")
        && GONE.contains(call.getName());
  }
}
