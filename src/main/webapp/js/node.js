// One node: its state, what a person may do, checks, numbers, preparation and history. Reads JSON every few seconds and writes
// text, never markup: names and reasons are of strangers.
(function () {
  'use strict';

  var EVERY = 3000;
  var SOON = 500;
  // Entries of the history at first, and all that is kept.
  var FEW = 50;
  var ALL = 1000;
  var common = window.MetapluginCi;
  var shared = common.nodes;
  var element = common.element;
  var write = shared.write;
  var show = shared.show;
  var root = document.getElementById('mci');
  if (!root) {
    return;
  }
  var mayOperate = root.getAttribute('data-operate') === 'true';
  var base = root.getAttribute('data-root');
  var parts = {};
  var wanted = FEW;
  var timer = null;
  var turn = 0;
  // How far the log of the preparation is shown, in bytes.
  var logNext = 0;
  // The state when it was last read: a preparation that begins writes another log.
  var phase = null;

  function section(title, id) {
    var made = {root: element('section', 'mci-section')};
    made.root.id = id;
    made.root.appendChild(element('h2', 'mci-title', title));
    made.body = element('div');
    made.root.appendChild(made.body);
    show(made.root, false);
    root.appendChild(made.root);
    return made;
  }

  function build() {
    common.clear(root);
    parts.message = element('div', 'mci-message mci-bad');
    parts.message.id = 'mci-message';
    parts.answer = element('div', 'mci-message');
    parts.answer.id = 'mci-answer';
    [parts.message, parts.answer].forEach(function (node) {
      node.setAttribute('role', 'status');
      show(node, false);
    });
    var links = element('p', 'mci-links');
    [['All nodes', 'metaplugin-ci/nodes/'], ['Status', 'metaplugin-ci/'], ['JSON', null]].forEach(function (each) {
      var link = element('a', null, each[0]);
      link.href = each[1] === null ? root.getAttribute('data-url') : base + each[1];
      links.appendChild(link);
    });
    parts.state = element('section', 'mci-section mci-state-box');
    parts.buttons = element('div', 'mci-buttons mci-node-buttons');
    parts.buttons.id = 'mci-node-buttons';
    [links, parts.message, parts.answer, parts.state, parts.buttons].forEach(function (node) {
      root.appendChild(node);
    });
    parts.prepare = section('Preparation', 'mci-prepare');
    parts.log = element('pre', 'mci-log');
    parts.prepare.body.appendChild(parts.log);
    parts.checks = section('Last checks', 'mci-checks');
    parts.numbers = section('Numbers', 'mci-node-numbers');
    parts.history = section('History', 'mci-history');
    history();
  }

  /* ---- the state ---- */

  function fact(list, title, value) {
    if (value !== null && value !== undefined && value !== '') {
      list.appendChild(element('dt', null, title));
      var cell = element('dd');
      cell.appendChild(value.nodeType ? value : document.createTextNode(String(value)));
      list.appendChild(cell);
    }
  }

  function buildLink(build) {
    if (!build) {
      return null;
    }
    var link = element('a', null, build.text);
    link.href = base + build.path;
    return link;
  }

  function until(node, now) {
    if (!node.hold) {
      return null;
    }
    var what = node.phase === 'HELD' ? '' : 'when the build ends, ';
    var who = {CHECK: 'because a check failed; it is checked again by itself',
      PREPARATION: 'because it could not be prepared'}[node.hold.kind] || 'by ' + node.hold.by;
    return what + who + (node.hold.until ? ', until ' + common.utc(node.hold.until) +
      (node.hold.until > now ? ' (' + common.span(node.hold.until - now) + ' more), then it is rebooted' : '') : '');
  }

  function updateState(node, now) {
    common.clear(parts.state);
    var head = element('p', 'mci-state-line');
    head.appendChild(shared.state(node.phase));
    head.appendChild(element('span', 'mci-state-why', node.phase ? node.reason :
      'No build of this CI has had this node, and nobody has prepared it.'));
    parts.state.appendChild(head);
    var facts = element('dl', 'mci-facts');
    if (node.phase) {
      fact(facts, 'Since', common.utc(node.since) + ' (for ' + common.span(now - node.since) + ')');
      fact(facts, 'By', node.by);
      fact(facts, 'Held', until(node, now));
      fact(facts, 'Last build', buildLink(node.build));
      fact(facts, 'Boot id', node.bootId);
      fact(facts, 'Reboot command', node.attempts > 0 ? 'sent ' + common.plural(node.attempts, 'time') + ' in this round' : null);
    }
    fact(facts, 'Agent', node.online ? 'connected' : 'not connected');
    parts.state.appendChild(facts);
  }

  /* ---- what a person may ask for ---- */

  function button(what, action) {
    var about = shared.ACTIONS[what];
    var made = element('button', 'mci-button jenkins-button' + (about.warn ? ' mci-warn' : ''), about.text);
    made.setAttribute('type', 'button');
    made.id = 'mci-do-' + what;
    made.title = about.title;
    made.onclick = action;
    return made;
  }

  // Written only when the state allows something else: what a person is typing stays.
  function updateButtons(node) {
    var offered = node.actions.join(' ');
    if (!mayOperate || parts.buttons.mciOffered === offered) {
      return;
    }
    parts.buttons.mciOffered = offered;
    common.clear(parts.buttons);
    ['hold', 'release', 'recheck', 'reboot', 'prepare', 'releaseWithoutReboot'].forEach(function (what) {
      // Releasing is rebooting, of what is held: one button is enough.
      if (node.actions.indexOf(what) < 0 || what === 'reboot' && node.actions.indexOf('release') >= 0) {
        return;
      }
      if (what === 'hold') {
        parts.buttons.appendChild(hold());
        return;
      }
      parts.buttons.appendChild(button(what, function () {
        var question = shared.ACTIONS[what].ask;
        if (!question || window.confirm(question)) {
          post(what, {});
        }
      }));
    });
  }

  function hold() {
    var made = element('span', 'mci-hold');
    var hours = element('input', 'mci-field mci-hours');
    hours.id = 'mci-hold-hours';
    hours.type = 'text';
    hours.setAttribute('inputmode', 'decimal');
    hours.setAttribute('aria-label', 'Hours');
    hours.value = root.getAttribute('data-hold') || '24';
    made.appendChild(button('hold', function () {
      post('hold', {until: hours.value});
    }));
    made.appendChild(element('span', null, 'for'));
    made.appendChild(hours);
    made.appendChild(element('span', null, 'hours'));
    return made;
  }

  function post(what, fields) {
    answer(shared.ACTIONS[what].text + ': ...', false);
    common.post(root.getAttribute('data-post') + what, fields, function (value, problem) {
      var text = value && value.message ? value.message : problem || '';
      answer(shared.ACTIONS[what].text + ': ' + text, !(value && value.done));
      read();
    });
  }

  function answer(text, bad) {
    parts.answer.className = 'mci-message' + (bad ? ' mci-bad' : '');
    write(parts.answer, text);
    show(parts.answer, true);
  }

  /* ---- the rest ---- */

  // The log comes in parts, each asked for from where the last one ended.
  function updatePrepare(log, state) {
    var begun = state === 'PREPARING' && phase !== null && phase !== 'PREPARING';
    phase = state || '';
    if (begun) {
      logNext = 0;
      common.clear(parts.log);
      return true;
    }
    if (!log) {
      return false;
    }
    if (log.from !== logNext) {
      common.clear(parts.log);
    }
    logNext = log.next;
    show(parts.prepare.root, true);
    if (!log.text) {
      return false;
    }
    var atEnd = parts.log.scrollTop + parts.log.clientHeight >= parts.log.scrollHeight - 4;
    parts.log.appendChild(document.createTextNode(log.text));
    // Follows the end, unless somebody reads further up.
    if (atEnd) {
      parts.log.scrollTop = parts.log.scrollHeight;
    }
    return true;
  }

  function updateChecks(checks) {
    show(parts.checks.root, checks.length > 0);
    common.clear(parts.checks.body);
    var list = element('ul', 'mci-checks');
    checks.forEach(function (check) {
      var line = element('li', check.passed ? 'mci-passed' : 'mci-failed');
      line.appendChild(element('span', 'mci-mark', check.passed ? '\u2713 passed' : '\u2717 failed'));
      line.appendChild(element('b', null, check.name));
      line.appendChild(element('span', 'mci-detail', check.detail));
      list.appendChild(line);
    });
    parts.checks.body.appendChild(list);
  }

  function updateNumbers(node, now) {
    var counted = node.numbers;
    show(parts.numbers.root, Boolean(counted.since));
    common.clear(parts.numbers.body);
    parts.numbers.body.appendChild(element('p', 'mci-numbers', shared.numbers(counted) + '.'));
    parts.numbers.body.appendChild(shared.bars(counted, now));
  }

  function history() {
    var made = element('table', 'mci-table');
    made.id = 'mci-history-table';
    var head = element('tr');
    ['When', 'State', 'Why', 'By', 'Build'].forEach(function (title) {
      var cell = element('th', null, title);
      cell.setAttribute('scope', 'col');
      head.appendChild(cell);
    });
    var top = element('thead');
    top.appendChild(head);
    made.appendChild(top);
    parts.entries = element('tbody');
    made.appendChild(parts.entries);
    parts.history.body.appendChild(made);
    parts.more = element('button', 'mci-button jenkins-button', 'Show all that is kept');
    parts.more.setAttribute('type', 'button');
    parts.more.id = 'mci-history-more';
    parts.more.onclick = function () {
      wanted = ALL;
      read();
    };
    parts.history.body.appendChild(parts.more);
  }

  function entryRow(entry) {
    var row = element('tr');
    row.mciEntry = JSON.stringify(entry);
    var when = element('td', 'mci-cell-when');
    var at = element('div');
    row.mciAge = element('div', 'mci-note');
    at.appendChild(element('div', null, common.utc(entry.at)));
    at.appendChild(row.mciAge);
    when.appendChild(at);
    row.appendChild(when);
    var state = element('td', 'mci-cell-phase');
    state.appendChild(shared.state(entry.phase));
    row.appendChild(state);
    row.appendChild(element('td', 'mci-cell-reason', entry.reason));
    row.appendChild(element('td', 'mci-cell-by', entry.by));
    var build = element('td', 'mci-cell-build');
    if (entry.build) {
      build.appendChild(buildLink(entry.build));
    }
    row.appendChild(build);
    ['When', 'State', 'Why', 'By', 'Build'].forEach(function (title, n) {
      row.childNodes[n].setAttribute('data-title', title);
    });
    return row;
  }

  // Newest first: what is new is put before what is there.
  function updateHistory(entries, more, now) {
    show(parts.history.root, entries.length > 0);
    show(parts.more, more && wanted < ALL);
    var known = {};
    Array.prototype.forEach.call(parts.entries.childNodes, function (row) {
      known[row.mciEntry] = row;
    });
    entries.forEach(function (entry, n) {
      var row = known[JSON.stringify(entry)] || entryRow(entry);
      delete known[row.mciEntry];
      write(row.mciAge, common.span(now - entry.at) + ' ago');
      if (parts.entries.childNodes[n] !== row) {
        parts.entries.insertBefore(row, parts.entries.childNodes[n] || null);
      }
    });
    while (parts.entries.childNodes.length > entries.length) {
      parts.entries.removeChild(parts.entries.lastChild);
    }
  }

  function update(answered) {
    var node = answered.node;
    shared.theme(root);
    updateState(node, answered.now);
    updateButtons(node);
    updateChecks(node.checks);
    updateNumbers(node, answered.now);
    updateHistory(answered.history, answered.more, answered.now);
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(read, EVERY);
  }

  function read() {
    window.clearTimeout(timer);
    if (document.hidden) {
      later();
      return;
    }
    var mine = ++turn;
    common.get(root.getAttribute('data-url') + '&history=' + wanted + '&log=' + logNext, function (value, problem) {
      // An answer that comes after a later question is not looked at.
      if (mine !== turn) {
        return;
      }
      show(parts.message, problem !== null);
      if (problem !== null || !value.node) {
        write(parts.message, 'The node cannot be read now (' + problem + '); what is below may be old.');
      } else {
        update(value);
        if (updatePrepare(value.prepareLog, value.node.phase)) {
          // There may be more of it.
          window.clearTimeout(timer);
          timer = window.setTimeout(read, SOON);
          return;
        }
      }
      later();
    });
  }

  build();
  shared.theme(root);
  if (document.addEventListener) {
    document.addEventListener('visibilitychange', function () {
      if (!document.hidden) {
        read();
      }
    });
  }
  read();
})();
