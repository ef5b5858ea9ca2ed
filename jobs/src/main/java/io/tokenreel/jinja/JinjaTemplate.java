package io.tokenreel.jinja;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.UnknownTokenException;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.loader.ResourceLocator;
import com.hubspot.jinjava.loader.ResourceNotFoundException;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;

/**
 * A Jinja template. White space is what Transformers' settings of Jinja make of it, and a value is
 * never read as Jinja, whatever is in it.
 */
public final class JinjaTemplate {

  private static final int MOST_DEPTH = 10;
  private static final long ANY_SIZE = 0;
  private static final int QUOTED_CHARACTERS = 400;

  /** What Jinja does, where Jinjava does otherwise unless it is told. */
  private static final LegacyOverrides AS_JINJA =
      LegacyOverrides.newBuilder()
          .withParseWhitespaceControlStrictly(true)
          .withAllowAdjacentTextNodes(true)
          .withEvaluateMapKeys(true)
          .withIterateOverMapKeys(true)
          .withKeepNullableLoopValues(true)
          .build();

  private static final ELResolver RESOLVER = resolver();

  private final Jinjava jinja;
  private final String template;
  private final String source; // the same for Jinjava

  /** What a name without a value is. */
  private enum UnknownNames {
    /** An error. */
    REFUSED,
    /** False, and nothing where it is printed. */
    UNDEFINED
  }

  private JinjaTemplate(
      String template, long mostCharacters, UnknownNames unknown, ResourceLocator includes) {
    this.template = template;
    this.source = TemplateSource.forJinjava(template);
    this.jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withFailOnUnknownTokens(unknown == UnknownNames.REFUSED)
                .withNestedInterpretationEnabled(false)
                .withLegacyOverrides(AS_JINJA)
                .withElResolver(RESOLVER)
                .withMaxOutputSize(mostCharacters)
                .withMaxRenderDepth(MOST_DEPTH)
                .build());
    jinja.setResourceLocator(includes);
  }

  private static ELResolver resolver() {
    CompositeELResolver both = new CompositeELResolver();
    both.add(new PythonMethods());
    both.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    return both;
  }

  /**
   * Text that values are put into as they are. It may be anybody's and so includes no files; texts
   * are trimmed, lowered and raised as Python does it.
   *
   * @param mostCharacters of the output; more is an error
   */
  public static JinjaTemplate text(String template, long mostCharacters) {
    return text(template, mostCharacters, UnknownNames.REFUSED);
  }

  /**
   * A chat template of a checkpoint, as {@link #text}. It knows Transformers' {@code generation}
   * tag and function {@code raise_exception}, and asks for switches that are off unless somebody
   * sets them: a name without a value is undefined. A newline at its end does not count.
   *
   * @param mostCharacters of the output; more is an error
   */
  public static JinjaTemplate chat(String template, long mostCharacters) {
    JinjaTemplate chat =
        text(TemplateSource.withoutLastNewline(template), mostCharacters, UnknownNames.UNDEFINED);
    Context context = chat.jinja.getGlobalContext();
    context.registerTag(new GenerationTag());
    context.registerFunction(
        new ELFunctionDefinition(
            "", "raise_exception", JinjaTemplate.class, "raiseException", String.class));
    return chat;
  }

  private static JinjaTemplate text(String template, long mostCharacters, UnknownNames unknown) {
    JinjaTemplate text =
        new JinjaTemplate(
            template,
            mostCharacters,
            unknown,
            (name, charset, interpreter) -> {
              throw new ResourceNotFoundException("a template of text includes no files: " + name);
            });
    Context context = text.jinja.getGlobalContext();
    PythonFilter.all().forEach(context::registerFilter);
    context.registerFilter(new PythonDefault());
    PythonPredicate.all().forEach(context::registerExpTest);
    return text;
  }

  /**
   * A resource of HTML: values are escaped unless the template calls them safe, and it may include
   * other resources beside the same class.
   *
   * @param home the class that the resources lie beside
   * @param name of the resource
   */
  public static JinjaTemplate html(Class<?> home, String name) {
    JinjaTemplate html =
        new JinjaTemplate(
            resource(home, name),
            ANY_SIZE,
            UnknownNames.REFUSED,
            (included, charset, interpreter) ->
                TemplateSource.forJinjava(resource(home, included)));
    html.jinja.getGlobalContext().setAutoEscape(true);
    return html;
  }

  private static String resource(Class<?> home, String name) {
    try (InputStream in = home.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource '%s' beside %s".formatted(name, home));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read resource '%s'".formatted(name), e);
    }
  }

  /**
   * The template with these values. Those of records are read as {@code {{ row.name() }}}.
   *
   * @throws UnknownName when it names what has no value
   * @throws IllegalArgumentException when it cannot be rendered otherwise
   */
  public String render(Map<String, ?> values) {
    RenderResult rendered = jinja.renderForResult(source, values);
    if (rendered.hasErrors()) {
      if (rendered.getErrors().get(0).getException() instanceof UnknownTokenException unknown) {
        throw new UnknownName(unknown.getToken());
      }
      throw new IllegalArgumentException(
          "the template cannot be rendered: %s; it begins: %s"
              .formatted(rendered.getErrors().get(0).getMessage(), beginning()));
    }
    return rendered.getOutput();
  }

  private String beginning() {
    String line = template.replace("\n", "\\n");
    return line.length() > QUOTED_CHARACTERS ? line.substring(0, QUOTED_CHARACTERS) + "..." : line;
  }

  /** What a template calls for messages that it does not take. Called by its name. */
  public static String raiseException(String message) {
    throw new IllegalArgumentException(message);
  }

  /** A template that names what has no value. */
  public static final class UnknownName extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String name;

    UnknownName(String name) {
      super("the template names '%s', which has no value".formatted(name));
      this.name = name;
    }

    /** The name. */
    public String name() {
      return name;
    }
  }

  /** Transformers' mark around what an assistant said; it prints its content. */
  private static final class GenerationTag implements Tag {

    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
      return "generation";
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      StringBuilder content = new StringBuilder();
      for (Node child : tag.getChildren()) {
        content.append(child.render(interpreter));
      }
      return content.toString();
    }
  }
}
