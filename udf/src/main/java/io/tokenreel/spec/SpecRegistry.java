package io.tokenreel.spec;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the names of one kind of spec stand for: a new one is one line where the registry is made.
 *
 * @param <T> what a spec is made into
 */
public final class SpecRegistry<T> {

  /**
   * A name.
   *
   * @param meaning what it does, in a sentence
   * @param maker reads every key of the spec
   */
  private record Entry<T>(String meaning, Function<Spec, T> maker) {}

  private final String kind;
  private final String nameKind;
  private final String example;
  private final Map<String, Entry<T>> entries = new TreeMap<>();

  /**
   * An empty registry.
   *
   * @param kind what a spec sets, for messages, such as {@code sampling}
   * @param nameKind what its name is, for messages, such as {@code sampler}
   * @param example a right spec, for messages
   */
  public SpecRegistry(String kind, String nameKind, String example) {
    this.kind = kind;
    this.nameKind = nameKind;
    this.example = example;
  }

  /**
   * Adds a name.
   *
   * @param meaning what it does, in a sentence
   * @param maker reads every key of the spec
   */
  public SpecRegistry<T> with(String name, String meaning, Function<Spec, T> maker) {
    entries.put(name, new Entry<>(meaning, maker));
    return this;
  }

  /**
   * Makes what a text says.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  public T parse(String text) {
    return make(Spec.parse(kind, text, example));
  }

  /** As {@link #parse}, of a spec that was parsed. */
  public T make(Spec spec) {
    Entry<T> entry = entries.get(spec.name());
    if (entry == null) {
      throw new IllegalArgumentException(UnknownWord.message(nameKind, spec.name(), names()));
    }
    T made = entry.maker().apply(spec);
    spec.requireRead();
    return made;
  }

  /** All names, sorted. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** All that there is, with its settings, by name. */
  public List<MethodInfo> infos() {
    return infos(made -> Set.of());
  }

  /**
   * As {@link #infos()}, of what needs more than its settings.
   *
   * @param needs what that is, of what a spec is made into
   */
  public List<MethodInfo> infos(Function<T, Set<String>> needs) {
    return entries.entrySet().stream()
        .map(entry -> info(entry.getKey(), entry.getValue(), needs))
        .toList();
  }

  private MethodInfo info(String name, Entry<T> entry, Function<T, Set<String>> needs) {
    Spec spec = Spec.example(kind, name);
    T made = Objects.requireNonNull(entry.maker().apply(spec), name);
    return new MethodInfo(name, entry.meaning(), spec.settings(), List.copyOf(needs.apply(made)));
  }
}
