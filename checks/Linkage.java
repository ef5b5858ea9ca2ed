import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.Handle;
import org.apache.xbean.asm9.Opcodes;
import org.apache.xbean.asm9.Type;
import org.apache.xbean.asm9.tree.AbstractInsnNode;
import org.apache.xbean.asm9.tree.ClassNode;
import org.apache.xbean.asm9.tree.FieldInsnNode;
import org.apache.xbean.asm9.tree.FieldNode;
import org.apache.xbean.asm9.tree.InvokeDynamicInsnNode;
import org.apache.xbean.asm9.tree.LdcInsnNode;
import org.apache.xbean.asm9.tree.MethodInsnNode;
import org.apache.xbean.asm9.tree.MethodNode;
import org.apache.xbean.asm9.tree.MultiANewArrayInsnNode;
import org.apache.xbean.asm9.tree.TypeInsnNode;

/**
 * Links a jar against the jars of a Spark as a JVM would, without running it: every class, method with
 * its descriptor and field that the jar's code names must be there, no final class or method may be
 * overridden, and no abstract method may be left over. ASM is the copy in Spark's own jars.
 *
 * <pre>java -cp xbean-asm9-shaded.jar Linkage.java JAR FOLDER_OF_JARS</pre>
 *
 * Prints one line per class and what it misses, sorted.
 */
public class Linkage {

  private record Jar(JarFile file, String entry) {}

  /** A class by what links to it. */
  private record Linked(
      String name, int access, String parent, List<String> interfaces, Map<String, Integer> methods, Map<String, Integer> fields) {

    boolean has(int flag) {
      return (access & flag) != 0;
    }

    List<String> parents() {
      List<String> all = new ArrayList<>(interfaces);
      if (parent != null) {
        all.add(0, parent);
      }
      return all;
    }
  }

  private final Map<String, Jar> classPath = new HashMap<>();
  private final Map<String, Linked> linked = new HashMap<>();
  private final Set<String> missing = new TreeSet<>();
  private String from;

  public static void main(String[] arguments) throws IOException {
    Linkage linkage = new Linkage();
    try (Stream<Path> jars = Files.list(Path.of(arguments[1]))) {
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        linkage.add(jar);
      }
    }
    List<String> own = linkage.add(Path.of(arguments[0])); // last: of what both have, spark-submit loads Spark's
    for (String name : own) {
      linkage.check(name);
    }
    linkage.missing.forEach(System.out::println);
    System.err.println(own.size() + " classes linked");
  }

  private List<String> add(Path jar) throws IOException {
    JarFile file = new JarFile(jar.toFile());
    List<String> names = new ArrayList<>();
    file.stream()
        .map(JarEntry::getName)
        .filter(entry -> entry.endsWith(".class") && !entry.startsWith("META-INF/") && !entry.endsWith("-info.class"))
        .forEach(
            entry -> {
              String name = entry.substring(0, entry.length() - ".class".length());
              if (classPath.putIfAbsent(name, new Jar(file, entry)) == null) {
                names.add(name);
              }
            });
    return names;
  }

  private InputStream open(String name) throws IOException {
    Jar jar = classPath.get(name);
    return jar == null
        ? ClassLoader.getPlatformClassLoader().getResourceAsStream(name + ".class")
        : jar.file().getInputStream(jar.file().getEntry(jar.entry()));
  }

  private ClassNode read(String name, int flags) {
    try (InputStream bytes = open(name)) {
      if (bytes == null) {
        return null;
      }
      ClassNode node = new ClassNode();
      new ClassReader(bytes).accept(node, flags);
      return node;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(name, e);
    }
  }

  private Linked linked(String name) {
    if (!linked.containsKey(name)) {
      ClassNode node = read(name, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
      linked.put(name, node == null ? null : linked(node));
    }
    return linked.get(name);
  }

  private static Linked linked(ClassNode node) {
    Map<String, Integer> methods = new HashMap<>();
    for (MethodNode method : node.methods) {
      methods.put(method.name + method.desc, method.access);
    }
    Map<String, Integer> fields = new HashMap<>();
    for (FieldNode field : node.fields) {
      fields.put(field.name + " " + field.desc, field.access);
    }
    return new Linked(node.name, node.access, node.superName, node.interfaces, methods, fields);
  }

  private void miss(String what) {
    missing.add(from.replace('/', '.') + " -> " + what.replace('/', '.'));
  }

  private void check(String name) {
    ClassNode node = read(name, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    from = name;
    Linked self = linked(name);
    self.parents().forEach(this::type);
    if (lineage(name) != null) {
      overrides(self);
      if (!self.has(Opcodes.ACC_ABSTRACT)) {
        implemented(self);
      }
    }
    for (FieldNode field : node.fields) {
      descriptor(field.desc);
    }
    for (MethodNode method : node.methods) {
      descriptor(method.desc);
      method.exceptions.forEach(this::type);
      method.tryCatchBlocks.stream().filter(block -> block.type != null).forEach(block -> type(block.type));
      for (AbstractInsnNode instruction : method.instructions) {
        instruction(instruction);
      }
    }
  }

  private void instruction(AbstractInsnNode instruction) {
    if (instruction instanceof MethodInsnNode call) {
      method(call.owner, call.name, call.desc, call.getOpcode() == Opcodes.INVOKESTATIC, call.itf);
    } else if (instruction instanceof FieldInsnNode access) {
      boolean shared = access.getOpcode() == Opcodes.GETSTATIC || access.getOpcode() == Opcodes.PUTSTATIC;
      field(access.owner, access.name, access.desc, shared);
    } else if (instruction instanceof TypeInsnNode of) {
      descriptor(Type.getObjectType(of.desc).getDescriptor());
    } else if (instruction instanceof MultiANewArrayInsnNode array) {
      descriptor(array.desc);
    } else if (instruction instanceof LdcInsnNode constant && constant.cst instanceof Type type) {
      descriptor(type.getDescriptor());
    } else if (instruction instanceof InvokeDynamicInsnNode lambda) {
      descriptor(lambda.desc);
      constant(lambda.bsm);
      for (Object argument : lambda.bsmArgs) {
        constant(argument);
      }
    }
  }

  private void constant(Object constant) {
    if (constant instanceof Type type) {
      descriptor(type.getDescriptor());
    } else if (constant instanceof Handle handle && handle.getTag() >= Opcodes.H_INVOKEVIRTUAL) {
      method(handle.getOwner(), handle.getName(), handle.getDesc(), handle.getTag() == Opcodes.H_INVOKESTATIC, handle.isInterface());
    } else if (constant instanceof Handle handle) {
      field(handle.getOwner(), handle.getName(), handle.getDesc(), handle.getTag() == Opcodes.H_GETSTATIC);
    }
  }

  private void descriptor(String descriptor) {
    Type type = Type.getType(descriptor);
    if (type.getSort() == Type.METHOD) {
      for (Type argument : type.getArgumentTypes()) {
        descriptor(argument.getDescriptor());
      }
      descriptor(type.getReturnType().getDescriptor());
    } else if (type.getSort() == Type.ARRAY) {
      descriptor(type.getElementType().getDescriptor());
    } else if (type.getSort() == Type.OBJECT) {
      type(type.getInternalName());
    }
  }

  private boolean type(String name) {
    if (linked(name) == null) {
      miss("class " + name);
      return false;
    }
    return true;
  }

  /** A class and all that it inherits from, nearest first; null when a part of it is missing. */
  private List<Linked> lineage(String name) {
    Set<String> names = new LinkedHashSet<>();
    List<String> next = new ArrayList<>(List.of(name));
    while (!next.isEmpty()) {
      String each = next.remove(0);
      if (names.add(each)) {
        if (linked(each) == null) {
          return null;
        }
        next.addAll(linked(each).parents());
      }
    }
    return names.stream().map(this::linked).toList();
  }

  private void method(String owner, String name, String descriptor, boolean shared, boolean ofInterface) {
    descriptor(descriptor);
    if (owner.startsWith("[") || !type(owner) || polymorphic(owner)) {
      return;
    }
    String what = "method " + owner + "." + name + descriptor;
    if (linked(owner).has(Opcodes.ACC_INTERFACE) != ofInterface) {
      miss(what + " (class and interface changed places)");
      return;
    }
    List<Linked> lineage = name.equals("<init>") ? List.of(linked(owner)) : lineage(owner);
    if (lineage == null) {
      miss(what + " (a parent of its class is missing)");
      return;
    }
    List<Linked> all = new ArrayList<>(lineage);
    all.add(linked("java/lang/Object"));
    all.stream()
        .filter(each -> each.methods().containsKey(name + descriptor))
        .findFirst()
        .ifPresentOrElse(found -> access(found, found.methods().get(name + descriptor), shared, what), () -> miss(what));
  }

  private static boolean polymorphic(String owner) {
    return owner.equals("java/lang/invoke/MethodHandle") || owner.equals("java/lang/invoke/VarHandle");
  }

  private void field(String owner, String name, String descriptor, boolean shared) {
    descriptor(descriptor);
    if (!type(owner)) {
      return;
    }
    String what = "field " + owner + "." + name + " " + descriptor;
    List<Linked> lineage = lineage(owner);
    if (lineage == null) {
      miss(what + " (a parent of its class is missing)");
      return;
    }
    lineage.stream()
        .filter(each -> each.fields().containsKey(name + " " + descriptor))
        .findFirst()
        .ifPresentOrElse(found -> access(found, found.fields().get(name + " " + descriptor), shared, what), () -> miss(what));
  }

  private void access(Linked found, int access, boolean shared, String what) {
    if (Modifier.isStatic(access) != shared) {
      miss(what + (shared ? " (not static any more)" : " (static now)"));
    }
    if (Modifier.isPrivate(access) && !nest(found.name()).equals(nest(from))) {
      miss(what + " (private)");
    }
    boolean near = packageOf(found.name()).equals(packageOf(from));
    if (!near && !Modifier.isPublic(access) && !Modifier.isProtected(access) && !Modifier.isPrivate(access)) {
      miss(what + " (of its package only)");
    }
    if (!near && !Modifier.isPublic(found.access()) && Modifier.isStatic(access)) {
      miss(what + " (its class is not public)");
    }
  }

  private static String nest(String name) {
    return name.replaceFirst("\\$.*", "");
  }

  private static String packageOf(String name) {
    return name.substring(0, name.lastIndexOf('/') + 1);
  }

  private void overrides(Linked self) {
    List<Linked> lineage = lineage(self.name());
    Linked parent = self.parent() == null ? null : linked(self.parent());
    if (parent != null && parent.has(Opcodes.ACC_FINAL)) {
      miss("class " + parent.name() + " (final)");
    }
    for (Linked above : lineage.subList(1, lineage.size())) {
      above
          .methods()
          .forEach(
              (method, access) -> {
                Integer own = self.methods().get(method);
                boolean seen = Modifier.isPublic(access) || Modifier.isProtected(access);
                if (own != null && !Modifier.isStatic(own) && Modifier.isFinal(access) && !Modifier.isStatic(access) && seen && !method.startsWith("<")) {
                  miss("method " + above.name() + "." + method + " (final, overridden here)");
                }
              });
    }
  }

  private void implemented(Linked self) {
    List<Linked> lineage = lineage(self.name());
    List<Linked> classes = lineage.stream().filter(each -> !each.has(Opcodes.ACC_INTERFACE)).toList();
    for (Linked above : lineage) {
      above
          .methods()
          .forEach(
              (method, access) -> {
                if (Modifier.isAbstract(access) && !isImplemented(method, classes, lineage)) {
                  miss("method " + above.name() + "." + method + " (abstract, not implemented here)");
                }
              });
    }
  }

  private boolean isImplemented(String method, List<Linked> classes, List<Linked> lineage) {
    for (Linked each : classes) {
      Integer access = each.methods().get(method);
      if (access != null) {
        return !Modifier.isAbstract(access);
      }
    }
    boolean ofObject = linked("java/lang/Object").methods().containsKey(method);
    return ofObject
        || lineage.stream()
            .filter(each -> each.has(Opcodes.ACC_INTERFACE))
            .anyMatch(each -> each.methods().containsKey(method) && !Modifier.isAbstract(each.methods().get(method)));
  }
}
