package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;

/**
 * A form of the controller, read from its real page, changed and submitted as the browser's script does it: the fields, and
 * beside them the {@code json} field that structured form submission adds (hudson-behavior.js, which follows the same rules
 * on core 1.395 and on current Jenkins). Grouping elements, optional blocks, row sets, radio blocks and repeatable chunks
 * are understood; parts that current Jenkins fetches only when somebody adds them are not.
 */
public final class HtmlForm {

    private final HttpSession session;
    private final Page page;
    private final Element form;
    /** Master copy of each repeatable's chunk, by the repeatable's container. */
    private final Map<Element, Element> prototypes = new IdentityHashMap<>();

    private HtmlForm(HttpSession session, Page page, Element form) {
        this.session = session;
        this.page = page;
        this.form = form;
        for (Element master : form.select(".repeated-container > .to-be-removed")) {
            prototypes.put(master.parent(), master);
        }
        form.select(".to-be-removed").forEach(Element::remove);
    }

    /** The one form of a page that posts, apart from the search box and those without a structured submission. */
    static HtmlForm on(HttpSession session, Page page) {
        Document document = page.html();
        Elements forms = document.select("form[method=post]:not([name=logout])");
        if (forms.isEmpty()) {
            throw new AssertionError("no form on " + page.uri() + ": " + document.text());
        }
        Element named = document.selectFirst("form[name=config][method=post]");
        return new HtmlForm(session, page, named != null ? named : forms.get(0));
    }

    /** The page as it was read. */
    public Page page() {
        return page;
    }

    /** The whole form as a place to look for fields in. */
    public Part all() {
        return new Part(form);
    }

    /** Sets the first field of that name in the form: text, password, text area, selection or radio button. */
    public HtmlForm set(String name, String value) {
        all().set(name, value);
        return this;
    }

    /** Ticks the first check box of that name, or not. */
    public HtmlForm check(String name, boolean on) {
        all().check(name, on);
        return this;
    }

    /** What the first field of that name holds. */
    public String value(String name) {
        return all().value(name);
    }

    /** The chunks of a repeatable, in their order. */
    public List<Part> chunks(String name) {
        List<Part> parts = new ArrayList<>();
        form.select(".repeated-chunk").stream()
                .filter(chunk -> chunk.attr("name").equals(name))
                .forEach(chunk -> parts.add(new Part(chunk)));
        return parts;
    }

    /** Presses a repeatable's Add button. */
    public Part add(String name) {
        for (Map.Entry<Element, Element> entry : prototypes.entrySet()) {
            if (entry.getValue().attr("name").equals(name)) {
                Element chunk = entry.getValue().clone().removeClass("to-be-removed");
                entry.getKey().selectFirst("> .repeatable-insertion-point").before(chunk);
                return new Part(chunk);
            }
        }
        throw new AssertionError("nothing repeatable is called " + name + " on " + page.uri());
    }

    /** Presses the form's button: the answer is a redirect when the controller took it. */
    public Page submit() {
        return submit("Submit");
    }

    /** Presses the button of that name. */
    public Page submit(String button) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (Element field : controls()) {
            if (!field.attr("name").equals("json")) {
                successful(field).forEach(value -> fields.add(Map.entry(field.attr("name"), value)));
            }
        }
        fields.add(Map.entry(button, "Save"));
        fields.add(Map.entry("json", json().toString()));
        URI action = page.uri().resolve(form.attr("action"));
        return session.postEncoded(action.toString(), HttpSession.encode(fields));
    }

    /** The structured form of the fields: what the script puts into the field {@code json}. */
    public JsonObject json() {
        return new Tree().build();
    }

    /** A part of the form, say one chunk of a repeatable. */
    public final class Part {
        private final Element scope;

        private Part(Element scope) {
            this.scope = scope;
        }

        /** Sets the first field of that name. */
        public Part set(String name, String value) {
            Element field = field(name);
            if (field.tagName().equals("textarea")) {
                field.text(value);
            } else if (field.tagName().equals("select")) {
                boolean found = false;
                for (Element option : field.select("option")) {
                    boolean chosen = optionValue(option).equals(value);
                    found |= chosen;
                    mark(option, "selected", chosen);
                }
                require(found, name + " cannot be \"" + value + "\": " + field.outerHtml());
            } else if (field.attr("type").equals("radio")) {
                boolean found = false;
                for (Element radio : scope.select("input[type=radio]")) {
                    if (shortened(radio.attr("name")).equals(name)) {
                        boolean chosen = radio.attr("value").equals(value);
                        found |= chosen;
                        mark(radio, "checked", chosen);
                    }
                }
                require(found, name + " cannot be \"" + value + "\"");
            } else {
                field.attr("value", value);
            }
            return this;
        }

        /** Ticks the first check box of that name, or not. */
        public Part check(String name, boolean on) {
            mark(field(name), "checked", on);
            return this;
        }

        /** What the first field of that name holds; "true" or "false" for a check box. */
        public String value(String name) {
            Element field = field(name);
            return switch (field.tagName()) {
                case "textarea" -> field.wholeText();
                case "select" -> selected(field).stream().findFirst().orElse("");
                default ->
                    field.attr("type").equals("checkbox")
                            ? String.valueOf(field.hasAttr("checked"))
                            : field.attr("value");
            };
        }

        /** Presses the chunk's Delete button. */
        public void remove() {
            scope.remove();
        }

        private Element field(String name) {
            for (Element field : scope.select("input[name], textarea[name], select[name]")) {
                if (shortened(field.attr("name")).equals(name)) {
                    return field;
                }
            }
            throw new AssertionError("no field " + name + " on " + page.uri() + " in " + scope.text());
        }
    }

    private List<Element> controls() {
        return form.select("input[name], textarea[name], select[name]");
    }

    /** The values that a control adds to a plain form submission (HTML, "successful controls"). */
    private static List<String> successful(Element field) {
        if (field.tagName().equals("textarea")) {
            return List.of(field.wholeText());
        }
        if (field.tagName().equals("select")) {
            return selected(field);
        }
        return switch (field.attr("type").toLowerCase(java.util.Locale.ROOT)) {
            case "button", "submit", "image", "reset", "file" -> List.of();
            case "checkbox", "radio" ->
                field.hasAttr("checked") ? List.of(field.hasAttr("value") ? field.attr("value") : "on") : List.of();
            default -> List.of(field.attr("value"));
        };
    }

    private static List<String> selected(Element select) {
        List<String> values = new ArrayList<>();
        select.select("option[selected]").forEach(option -> values.add(optionValue(option)));
        Element first = select.selectFirst("option");
        if (values.isEmpty() && first != null && !select.hasAttr("multiple")) {
            values.add(optionValue(first));
        }
        return values;
    }

    private static String optionValue(Element option) {
        return option.hasAttr("value") ? option.attr("value") : option.text();
    }

    private static void mark(Element element, String attribute, boolean on) {
        if (on) {
            element.attr(attribute, "true");
        } else {
            element.removeAttr(attribute);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** The name under which a control appears in the JSON: {@code [a.b]} is a.b, {@code _.host} is host. */
    private static String shortened(String name) {
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name.substring(name.lastIndexOf('.') + 1);
    }

    /** One run of the script's buildFormTree. */
    private final class Tree {
        private final Map<Element, JsonObject> groups = new IdentityHashMap<>();
        /** Which element stands for the group that an element is in, where that is not an ancestor. */
        private final Map<Element, Element> groupOf = new IdentityHashMap<>();

        private final Map<Element, Boolean> grouping = new IdentityHashMap<>();

        JsonObject build() {
            markGroups();
            JsonObject root = new JsonObject();
            groups.put(form, root);
            for (Element field : controls()) {
                String name = field.attr("name");
                if (!name.equals("json")) {
                    add(field, name);
                }
            }
            return root;
        }

        private void add(Element field, String name) {
            if (field.tagName().equals("select") && field.hasAttr("multiple")) {
                JsonArray values = new JsonArray();
                selected(field).forEach(values::add);
                put(parent(field), name, values);
                return;
            }
            switch (field.tagName().equals("input") ? field.attr("type") : "") {
                case "button", "submit", "file" -> {
                    return;
                }
                case "checkbox" -> addCheckbox(field, name);
                case "radio" -> addRadio(field, name);
                default -> put(parent(field), name, new JsonPrimitive(String.join("", successful(field))));
            }
        }

        private void addCheckbox(Element field, String name) {
            JsonObject parent = parent(field);
            boolean on = active(field);
            if (grouping.containsKey(field)) {
                if (on && !groups.containsKey(field)) {
                    JsonObject group = new JsonObject();
                    groups.put(field, group);
                    put(parent, name, group);
                }
            } else if (!field.hasAttr("json")) {
                put(parent, name, new JsonPrimitive(on));
            } else if (on) {
                put(parent, name, new JsonPrimitive(field.attr("json")));
            }
        }

        private void addRadio(Element field, String name) {
            if (!field.hasAttr("checked")) {
                return;
            }
            String plain = name;
            while (plain.startsWith("removeme")) {
                plain = plain.substring(plain.indexOf('_', 8) + 1);
            }
            JsonElement value = new JsonPrimitive(field.attr("value"));
            if (grouping.containsKey(field)) {
                JsonObject group = new JsonObject();
                group.add("value", value);
                groups.put(field, group);
                value = group;
            }
            put(parent(field), plain, value);
        }

        /** The object that a control belongs to; one that goes nowhere when its block is switched off. */
        private JsonObject parent(Element field) {
            Element element = field;
            while (element != form) {
                Element group = groupOf.get(element);
                element = group != null ? group : element.parent();
                if (element == form) {
                    break;
                }
                if (!element.attr("name").isEmpty()) {
                    if (element.tagName().equals("input") && !active(element)) {
                        return new JsonObject();
                    }
                    return groupObject(element);
                }
            }
            return groups.get(form);
        }

        private JsonObject groupObject(Element element) {
            JsonObject known = groups.get(element);
            if (known != null) {
                return known;
            }
            JsonObject made = new JsonObject();
            groups.put(element, made);
            put(parent(element), element.attr("name"), made);
            return made;
        }

        private void put(JsonObject parent, String name, JsonElement value) {
            String key = shortened(name);
            JsonElement before = parent.get(key);
            if (before == null) {
                parent.add(key, value);
            } else if (before.isJsonArray()) {
                before.getAsJsonArray().add(value);
            } else {
                JsonArray several = new JsonArray();
                several.add(before);
                several.add(value);
                parent.add(key, several);
            }
        }

        private boolean active(Element input) {
            return input.hasAttr("checked") != input.hasClass("negative");
        }

        /** Rows between a start and its end belong to the start's check box, radio button or name. */
        private void markGroups() {
            for (Element start : form.select(".row-set-start, .radio-block-start")) {
                Element end = endOf(start);
                if (end == null) {
                    continue;
                }
                Element control = start.hasClass("optional-block-start") || start.hasClass("radio-block-start")
                        ? start.selectFirst("input[type=checkbox], input[type=radio]")
                        : null;
                String ref = start.attr("ref");
                Element group = control != null ? control : ref.isEmpty() ? start : form.getElementById(ref);
                grouping.put(group, true);
                for (Element row = start.nextElementSibling(); row != end; row = row.nextElementSibling()) {
                    // An inner set starts later in the document and is the nearer one.
                    groupOf.put(row, group);
                }
            }
        }

        private Element endOf(Element start) {
            Set<String> opening =
                    start.hasClass("row-set-start") ? Set.of("row-set-start") : Set.of("radio-block-start");
            Set<String> closing = start.hasClass("row-set-start") ? Set.of("row-set-end") : Set.of("radio-block-end");
            int depth = 0;
            for (Element row = start; row != null; row = row.nextElementSibling()) {
                depth += row.classNames().stream().anyMatch(opening::contains) ? 1 : 0;
                depth -= row.classNames().stream().anyMatch(closing::contains) ? 1 : 0;
                if (depth == 0) {
                    return row;
                }
            }
            return null;
        }
    }

    /** Everything the form would send, by field name; for messages. */
    @Override
    public String toString() {
        Map<String, List<String>> values = new HashMap<>();
        controls()
                .forEach(field -> values.computeIfAbsent(field.attr("name"), key -> new ArrayList<>())
                        .addAll(successful(field)));
        return form.attr("action") + " " + values;
    }
}
