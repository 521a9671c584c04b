// The layout on Manage Jenkins » Metaplugin CI: says what is wrong with it while it is typed.
(function () {
  'use strict';

  var PAUSE = 600;
  var area = document.getElementById('metaplugin-ci-layout');
  var place = document.getElementById('metaplugin-ci-layout-problems');
  if (!area || !place || !window.XMLHttpRequest || !window.JSON) {
    return;
  }
  var timer = null;
  var asked = 0;

  function element(name, text, className) {
    var made = document.createElement(name);
    made.appendChild(document.createTextNode(text));
    if (className) {
      made.className = className;
    }
    return made;
  }

  function clear() {
    while (place.firstChild) {
      place.removeChild(place.firstChild);
    }
  }

  // Puts the cursor where the problem is.
  function go(line, column) {
    var lines = area.value.split('\n');
    var at = column - 1;
    for (var i = 0; i < line - 1 && i < lines.length; i++) {
      at += lines[i].length + 1;
    }
    area.focus();
    area.setSelectionRange(at, at);
    area.scrollTop = area.scrollHeight * Math.max(0, line - 5) / lines.length;
  }

  function row(problem, className) {
    var where = problem.line ? 'line ' + problem.line + ', column ' + problem.column + ': ' : '';
    var made = element('div', where + problem.message, className);
    if (problem.line) {
      made.style.cursor = 'pointer';
      made.onclick = function () {
        go(problem.line, problem.column);
      };
    }
    place.appendChild(made);
  }

  function show(answer) {
    clear();
    answer.errors.forEach(function (problem) {
      row(problem, 'error');
    });
    answer.warnings.forEach(function (problem) {
      row(problem, 'warning');
    });
    answer.missingJobs.forEach(function (job) {
      row({message: 'There is no job "' + job + '".'}, 'warning');
    });
    if (!place.firstChild) {
      place.appendChild(element('div', 'No problems.', 'ok'));
    }
  }

  function check() {
    var mine = ++asked;
    var connection = document.getElementsByName('_.connectionName')[0];
    var request = new XMLHttpRequest();
    request.open('POST', area.getAttribute('data-check-url'), true);
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
    if (window.crumb && window.crumb.fieldName) {
      request.setRequestHeader(window.crumb.fieldName, window.crumb.value);
    }
    request.onreadystatechange = function () {
      if (request.readyState === 4 && mine === asked) {
        if (request.status === 200) {
          show(JSON.parse(request.responseText));
        } else {
          clear();
          place.appendChild(element('div', 'The layout could not be checked: status ' + request.status, 'warning'));
        }
      }
    };
    request.send('value=' + encodeURIComponent(area.value)
      + '&connection=' + encodeURIComponent(connection ? connection.value : ''));
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  area.addEventListener('input', soon, false);
  area.addEventListener('change', soon, false);
  check();
}());
