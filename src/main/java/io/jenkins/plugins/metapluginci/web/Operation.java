package io.jenkins.plugins.metapluginci.web;

import com.google.gson.JsonObject;
import hudson.model.Hudson;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.servlet.http.HttpServletResponse;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;

/**
 * One thing that an operator asks for by POST. Answers scripts in text, whoever asks for JSON with {@code done} and
 * {@code message}, and takes a person's form back to the page: 200 when it is done, 202 when it takes longer than one should wait, 400 when the request cannot be
 * understood, 409 when it cannot be done, 503 while the engine does not run. The core asks for the crumb.
 */
final class Operation {
    private static final Logger LOGGER = Logger.getLogger(Operation.class.getName());
    private static final long WAIT_SECONDS = 30;
    /** Longer words are not names, and would only be repeated in the answer. */
    private static final int MAX_WORD = 300;

    private final StaplerRequest request;
    private final StaplerResponse response;

    private Operation(StaplerRequest request, StaplerResponse response) {
        this.request = request;
        this.response = response;
    }

    /** Asks the engine. */
    interface Ask {
        CompletableFuture<String> of(WebRoom.Engine engine, Operation parameters) throws InvalidException;
    }

    /** A parameter that cannot be understood: Zuul's words for it, then why and what is expected, in brackets. */
    static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param word Zuul's for the parameter @param value of one line; may be empty */
        InvalidException(String word, String value, String why) {
            super(Messages.Operation_Invalid(word, value.isEmpty() ? "" : value + ' ', why));
        }
    }

    /** A patchset of a change. */
    record Patchset(int number, int patchset) {}

    /** Checks who asks and how, asks, and answers. @param what was asked for, for the answer and the log */
    static void perform(StaplerRequest request, StaplerResponse response, String what, Ask ask) throws IOException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        new Operation(request, response).perform(what, ask);
    }

    private void perform(String what, Ask ask) throws IOException {
        if (!"POST".equals(request.getMethod())) {
            response.setHeader("Allow", "POST");
            answer(HttpServletResponse.SC_METHOD_NOT_ALLOWED, Messages.Operation_PostOnly());
            return;
        }
        WebRoom.Engine engine = WebRoom.engine();
        if (engine == null) {
            answer(HttpServletResponse.SC_SERVICE_UNAVAILABLE, Messages.StatusPage_NotUp());
            return;
        }
        try {
            String refusal = ask.of(engine, this).get(WAIT_SECONDS, TimeUnit.SECONDS);
            LOGGER.log(Level.INFO, "{0} asked for {1}: {2}", new Object[] {
                Hudson.getAuthentication().getName(), what, refusal == null ? "done" : refusal
            });
            answer(
                    refusal == null ? HttpServletResponse.SC_OK : HttpServletResponse.SC_CONFLICT,
                    refusal == null ? Messages.Operation_Done() : refusal);
        } catch (InvalidException e) {
            answer(HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
        } catch (TimeoutException e) {
            answer(HttpServletResponse.SC_ACCEPTED, Messages.Operation_Slow());
        } catch (ExecutionException e) {
            LOGGER.log(Level.WARNING, "Could not " + what, e.getCause());
            answer(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer(HttpServletResponse.SC_SERVICE_UNAVAILABLE, Messages.StatusPage_NotUp());
        }
    }

    private void answer(int status, String message) throws IOException {
        String accept = String.valueOf(request.getHeader("Accept"));
        if (status == HttpServletResponse.SC_OK && accept.contains("text/html")) {
            // A form of a page, sent by a person.
            response.sendRedirect2(".");
            return;
        }
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (accept.contains("application/json")) {
            JsonObject json = new JsonObject();
            json.addProperty("done", status == HttpServletResponse.SC_OK);
            json.addProperty("message", message);
            response.setContentType("application/json;charset=UTF-8");
            response.getWriter().print(json);
        } else {
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().println(message);
        }
    }

    /** Whether a parameter is there and not empty. */
    boolean has(String name) {
        String value = request.getParameter(name);
        return value != null && !value.isBlank();
    }

    /** The parameter {@code project}. */
    String project() throws InvalidException {
        return text("project", Messages.Operation_ExpectedProject());
    }

    /** A parameter of one line, without the white space at its ends. @param expected what it should be, for people */
    String text(String name, String expected) throws InvalidException {
        String value = request.getParameter(name);
        String text = value == null ? "" : value.trim();
        if (text.isEmpty()) {
            throw new InvalidException(name, "", Messages.Operation_Missing(name, expected));
        } else if (text.length() > MAX_WORD) {
            throw new InvalidException(name, "", Messages.Operation_TooLong(MAX_WORD, expected));
        } else if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidException(name, oneLine(text), Messages.Operation_Unprintable(expected));
        }
        return text;
    }

    /** The parameter {@code pipeline}: the name of one that there is. */
    String pipeline(WebRoom.Engine engine) throws InvalidException {
        List<String> known = engine.view().pipelines().stream()
                .map(SchedulerView.PipelineView::name)
                .toList();
        String expected = Messages.Operation_ExpectedPipeline(known.isEmpty() ? "-" : String.join(", ", known));
        String name = text("pipeline", expected);
        if (!known.contains(name)) {
            throw new InvalidException("pipeline", name, Messages.Operation_Expected(expected));
        }
        return name;
    }

    /** The parameter {@code change}: a patchset. */
    Patchset change() throws InvalidException {
        return patchset(text("change", Messages.Operation_ExpectedChange()), Messages.Operation_ExpectedChange());
    }

    /** The parameter {@code change}: the name of an item. */
    String item() throws InvalidException {
        return id(text("change", Messages.Operation_ExpectedItem()));
    }

    /** The parameter {@code changes}, which may be there several times and hold several; at least one. */
    List<String> changes() throws InvalidException {
        List<String> changes = new ArrayList<>();
        String[] values = request.getParameterValues("changes");
        for (String value : values == null ? new String[0] : values) {
            for (String change : value.trim().split("\\s+")) {
                if (!change.isEmpty()) {
                    changes.add(id(change));
                }
            }
        }
        if (changes.isEmpty()) {
            throw new InvalidException(
                    "changes", "", Messages.Operation_Missing("changes", Messages.Operation_ExpectedChanges()));
        }
        return changes;
    }

    /** The parameters {@code key}; those of all missed events with {@code all=true}. */
    List<String> missed(WebRoom.Engine engine) throws InvalidException {
        if ("true".equals(request.getParameter("all"))) {
            return engine.view().later().stream().map(later -> later.key()).toList();
        }
        String[] keys = request.getParameterValues("key");
        if (keys == null || keys.length == 0) {
            throw new InvalidException("key", "", Messages.Operation_Missing("key", Messages.Operation_ExpectedKey()));
        }
        return List.of(keys);
    }

    /** The name of an item: a patchset of a change, or the new revision of an updated ref. */
    private static String id(String text) throws InvalidException {
        if (text.matches("[0-9a-f]{40}")) {
            return text;
        }
        Patchset parsed = patchset(text, Messages.Operation_ExpectedItem());
        return parsed.number() + "," + parsed.patchset();
    }

    private static Patchset patchset(String text, String expected) throws InvalidException {
        String change = text.length() > MAX_WORD ? "" : oneLine(text);
        if (!change.matches("[0-9]{1,9},[0-9]{1,6}")) {
            throw new InvalidException("change", change, Messages.Operation_Expected(expected));
        }
        int comma = change.indexOf(',');
        return new Patchset(
                Integer.parseInt(change.substring(0, comma)), Integer.parseInt(change.substring(comma + 1)));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
