// The configuration page; of its fields, the layout: says what is wrong with it while it is typed.
(function () {
  'use strict';

  // To read the page again is not to save it again.
  if (window.location.search === '?saved' && window.history && window.history.replaceState) {
    window.history.replaceState(null, '', window.location.pathname);
  }

  var PAUSE = 600;
  var area = document.getElementById('metaplugin-ci-layout');
  var place = document.getElementById('metaplugin-ci-layout-problems');
  if (!area || !place || !window.JSON) {
    return;
  }
  var element = MetapluginCi.element;
  var timer = null;
  var asked = 0;

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
    var made = element('div', className, where + problem.message);
    if (problem.line) {
      made.style.cursor = 'pointer';
      made.onclick = function () {
        go(problem.line, problem.column);
      };
    }
    place.appendChild(made);
  }

  function show(answer) {
    MetapluginCi.clear(place);
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
      place.appendChild(element('div', 'ok', 'No problems.'));
    }
  }

  function check() {
    var mine = ++asked;
    var connection = document.getElementsByName('_.connectionName')[0];
    var fields = {value: area.value, connection: connection ? connection.value : ''};
    MetapluginCi.post(area.getAttribute('data-check-url'), fields, function (answer, problem) {
      if (mine !== asked) {
        return;
      }
      if (answer && answer.errors && !problem) {
        show(answer);
      } else {
        MetapluginCi.clear(place);
        place.appendChild(element('div', 'warning', 'The layout could not be checked: ' + problem));
      }
    });
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  area.addEventListener('input', soon, false);
  area.addEventListener('change', soon, false);
  check();
}());
