// What the scripts of every page share; a page loads it before its own script, both at the end of what they work on:
//
//   <script src="${rootURL}/plugin/metaplugin-ci/js/common.js" type="text/javascript"></script>
//
// It only adds the object MetapluginCi to the window:
//
//   get(url, answered)            reads JSON
//   post(url, fields, answered)   sends a form with Jenkins' crumb, as an operator's button does, and reads the JSON answer
//
// Both call answered(value, problem) once, at the latest after MetapluginCi.timeout milliseconds: value is the JSON that was
// answered, null when the answer held none; problem says for people why it is not what was asked for, null when it is
// (HTTP 200 and JSON). A refusal has both: {"done": false, "message": "..."} with "HTTP 409".
//
//   element(name, className, text), clear(node)   text is only ever text, never markup
//   isWeb(url)                    whether it is one of http or https
//   link(text, url)               a link, or a span where the URL is not one of the web
//   plural(3, 'node')             "3 nodes"
//   span(ms)                      "4 s", "12 min", "3 h 05 min", "4 days"
//   ago(then, now)                "12 min ago (2026-05-04 13:05 UTC)", "never" for 0; both by the controller's clock
//   utc(ms)                       "2026-05-04 13:05 UTC"
(function () {
  'use strict';

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) {
      made.className = className;
    }
    if (text !== undefined && text !== null) {
      made.appendChild(document.createTextNode(String(text)));
    }
    return made;
  }

  function clear(node) {
    while (node.firstChild) {
      node.removeChild(node.firstChild);
    }
  }

  function isWeb(url) {
    return /^https?:\/\//i.test(url || '');
  }

  function link(text, url) {
    if (!isWeb(url)) {
      return element('span', null, text);
    }
    var made = element('a', null, text);
    made.href = url;
    made.rel = 'noreferrer';
    return made;
  }

  function plural(count, word) {
    return count + ' ' + word + (count === 1 ? '' : 's');
  }

  function two(number) {
    return (number < 10 ? '0' : '') + number;
  }

  function span(ms) {
    var minutes = Math.floor(Math.max(0, ms) / 60000);
    if (minutes < 1) {
      return Math.floor(Math.max(0, ms) / 1000) + ' s';
    }
    if (minutes < 60) {
      return minutes + ' min';
    }
    if (minutes < 2880) {
      return Math.floor(minutes / 60) + ' h ' + two(minutes % 60) + ' min';
    }
    return Math.floor(minutes / 1440) + ' days';
  }

  function utc(ms) {
    var at = new Date(ms);
    return at.getUTCFullYear() + '-' + two(at.getUTCMonth() + 1) + '-' + two(at.getUTCDate()) + ' ' +
      two(at.getUTCHours()) + ':' + two(at.getUTCMinutes()) + ' UTC';
  }

  function ago(then, now) {
    return then ? span(now - then) + ' ago (' + utc(then) + ')' : 'never';
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch (e) {
      return null;
    }
  }

  // The time limit is a timer of our own: not every browser of that age knows XMLHttpRequest.timeout.
  function ask(request, body, answered) {
    var limit = window.MetapluginCi.timeout;
    var timer = null;
    var open = true;
    function end(value, problem) {
      if (open) {
        open = false;
        window.clearTimeout(timer);
        answered(value, problem);
      }
    }
    request.onreadystatechange = function () {
      if (request.readyState !== 4) {
        return;
      }
      var value = parsed(request.responseText);
      if (request.status !== 200) {
        end(value, request.status ? 'HTTP ' + request.status : 'no answer');
      } else {
        end(value, value === null ? 'the answer is not JSON' : null);
      }
    };
    timer = window.setTimeout(function () {
      end(null, 'no answer within ' + span(limit));
      request.abort();
    }, limit);
    request.send(body);
  }

  function get(url, answered) {
    var request = new XMLHttpRequest();
    request.open('GET', url, true);
    ask(request, null, answered);
  }

  // Current Jenkins has the crumb at the head of the page, 1.395 in a variable.
  function addCrumb(request) {
    var head = document.head;
    if (head && head.getAttribute('data-crumb-header')) {
      request.setRequestHeader(head.getAttribute('data-crumb-header'), head.getAttribute('data-crumb-value'));
    } else if (window.crumb && window.crumb.fieldName) {
      request.setRequestHeader(window.crumb.fieldName, window.crumb.value);
    }
  }

  function post(url, fields, answered) {
    var request = new XMLHttpRequest();
    request.open('POST', url, true);
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
    request.setRequestHeader('Accept', 'application/json');
    addCrumb(request);
    var pairs = [];
    for (var name in fields) {
      if (Object.prototype.hasOwnProperty.call(fields, name)) {
        pairs.push(encodeURIComponent(name) + '=' + encodeURIComponent(fields[name]));
      }
    }
    ask(request, pairs.join('&'), answered);
  }

  window.MetapluginCi = {
    // Beyond it the answer is given up: a controller that hangs must not leave a page that looks alive.
    timeout: 30000,
    get: get,
    post: post,
    element: element,
    clear: clear,
    isWeb: isWeb,
    link: link,
    plural: plural,
    span: span,
    utc: utc,
    ago: ago
  };
})();
