// The state of the parts, for administrators, on the status page and above the form: reads JSON and writes text, never markup.
(function () {
  'use strict';

  var EVERY = 5000;
  var root = document.getElementById('metaplugin-ci-status');
  if (!root) {
    return;
  }

  var element = MetapluginCi.element;
  var span = MetapluginCi.span;
  var ago = MetapluginCi.ago;
  var link = MetapluginCi.link;

  function table(id, heads, rows, none) {
    if (rows.length === 0) {
      var empty = element('p', null, none);
      empty.id = id;
      return empty;
    }
    var made = element('table', 'pane bigtable sortable jenkins-table');
    made.id = id;
    var head = element('tr');
    heads.forEach(function (text) {
      head.appendChild(element('th', 'pane-header', text));
    });
    var thead = element('thead');
    thead.appendChild(head);
    made.appendChild(thead);
    var body = element('tbody');
    rows.forEach(function (cells) {
      var row = element('tr');
      cells.forEach(function (cell) {
        var td = element('td', 'pane');
        td.appendChild(cell && cell.nodeType ? cell : element('span', null, cell));
        row.appendChild(td);
      });
      body.appendChild(row);
    });
    made.appendChild(body);
    // A narrow screen scrolls the table, not the page.
    var frame = element('div');
    frame.style.overflowX = 'auto';
    frame.appendChild(made);
    return frame;
  }

  function line(id, title, text) {
    var made = element('p');
    made.id = id;
    made.appendChild(element('b', null, title + ': '));
    made.appendChild(element('span', null, text));
    return made;
  }

  function sentence(text) {
    return /[.!?]$/.test(text) ? text : text + '.';
  }

  function gerritText(state, now) {
    if (!state) {
      return 'not configured';
    }
    var text = state.phase + ' for ' + span(now - state.since);
    if (state.version) {
      text += ', Gerrit ' + state.version;
    }
    if (state.reason) {
      text += ': ' + state.reason;
    }
    text = sentence(text);
    if (state.nextAttemptAt > now) {
      text += ' Next try in ' + span(state.nextAttemptAt - now) + '.';
    }
    return text + (state.lastEventAt ? ' Last event ' + ago(state.lastEventAt, now) + '.' : ' No event yet.');
  }

  function logServerText(state, now) {
    if (!state) {
      return 'not configured: logs are not published';
    }
    if (state.problem) {
      return state.where + ': failing for ' + span(now - state.since) + ': ' + state.problem;
    }
    return state.where + (state.since ? ': working for ' + span(now - state.since) : ': nothing published yet');
  }

  function size(bytes) {
    return bytes < 1e6 ? Math.ceil(bytes / 1e3) + ' kB' : bytes < 1e9 ? (bytes / 1e6).toFixed(1) + ' MB'
      : (bytes / 1e9).toFixed(1) + ' GB';
  }

  // One line for each server, and a table of what is not published yet.
  function logsParts(logs, now) {
    var parts = logs.servers.slice(1).map(function (server) {
      return line('metaplugin-ci-logs-' + server.name, 'Log server ' + server.name, logServerText(server, now));
    });
    logs.servers.forEach(function (server) {
      var old = server.retention;
      if (old) {
        parts.push(line('metaplugin-ci-retention-' + server.name, 'Old logs on ' + server.name, old.running ? 'are being removed'
          : old.at ? old.removed + ' removed (' + size(old.bytes) + ') ' + ago(old.at, now) + (old.problem ? ': ' + old.problem : '')
            : 'not looked at yet'));
      }
    });
    if (logs.runs.length > 0) {
      parts.push(element('h3', null, 'Logs'));
      parts.push(element('p', null, size(logs.spooled) + ' of ' + size(logs.spoolLimit) + ' kept on this controller'));
      parts.push(table('metaplugin-ci-waiting-logs', ['Run', 'State', 'For', 'Size', 'Tries', 'Next try', 'Problem', ''],
        logs.runs.map(function (run) {
          return [run.run, run.state, span(now - run.since), size(run.spooled), run.tries,
            run.next > now ? 'in ' + span(run.next - now) : '', run.problem, logButtons(run)];
        }), ''));
    }
    return parts;
  }

  function logButtons(run) {
    var buttons = element('span');
    [['retryLogs', 'Try now', null],
      ['giveUpLogs', 'Give up', 'The logs of ' + run.run + ' will be lost. Give them up?']].forEach(function (what) {
      var button = element('button', 'jenkins-button', what[1]);
      button.type = 'button';
      button.addEventListener('click', function () {
        if (what[2] && !window.confirm(what[2])) {
          return;
        }
        var url = root.getAttribute('data-url').replace(/configure\/status$/, what[0]);
        MetapluginCi.post(url, {id: run.id}, function (answer, problem) {
          if (problem) {
            failed(what[1] + ': ' + (answer && answer.message ? answer.message : problem));
          }
        });
      });
      buttons.appendChild(button);
    });
    return buttons;
  }

  // How many are in each state; which, is on the page of the nodes.
  function nodesLine(nodes) {
    var counts = {};
    var phases = [];
    nodes.forEach(function (node) {
      if (!counts[node.phase]) {
        counts[node.phase] = 0;
        phases.push(node.phase);
      }
      counts[node.phase]++;
    });
    var text = phases.sort().map(function (phase) {
      return counts[phase] + ' ' + phase;
    }).join(', ');
    var made = line('metaplugin-ci-nodes', 'Nodes', (text || 'none has run a build yet') + '. ');
    var all = element('a', null, 'All nodes');
    all.href = root.getAttribute('data-url').replace(/configure\/status$/, 'nodes/');
    made.appendChild(all);
    return made;
  }

  function show(status) {
    var now = status.now;
    var parts = [
      line('metaplugin-ci-gerrit', 'Gerrit', gerritText(status.gerrit, now)),
      line('metaplugin-ci-events', 'New events of Gerrit', status.takeEvents ? 'go into the pipelines'
        : 'are ignored: "Take events from Gerrit" is switched off'),
      line('metaplugin-ci-logs', 'Log server', logServerText(status.logServer, now)),
      nodesLine(status.nodes || [])
    ];
    if (status.logs) {
      parts = parts.concat(logsParts(status.logs, now));
    }
    (status.problems || []).forEach(function (problem) {
      parts.push(element('p', 'error', problem));
    });
    [['metaplugin-ci-unvoted', 'Reports that went out without a vote', status.unvoted],
      ['metaplugin-ci-refused', 'Reports that Gerrit will not take', status.refused]].forEach(function (list) {
      if (list[2] && list[2].length > 0) {
        parts.push(element('h3', null, list[1]));
        parts.push(table(list[0], ['Change', 'Project', 'Pipeline', 'Since', 'Cause'], list[2].map(function (notice) {
          return [link(notice.change, notice.url), notice.project, notice.pipeline, ago(notice.at, now), notice.cause];
        }), ''));
      }
    });
    if (status.mirrors && status.mirrors.length > 0) {
      parts.push(element('h3', null, 'Mirrors at work'));
      parts.push(table('metaplugin-ci-mirrors', ['Project', 'Phase', 'For', 'Progress', 'Last failure'],
        status.mirrors.map(function (mirror) {
          return [mirror.project, mirror.phase, span(now - mirror.since), mirror.progress, mirror.reason];
        }), ''));
    }
    MetapluginCi.clear(root);
    parts.forEach(function (part) {
      root.appendChild(part);
    });
  }

  function failed(text) {
    var note = document.getElementById('metaplugin-ci-stale');
    if (!note) {
      note = element('p', 'error');
      note.id = 'metaplugin-ci-stale';
      root.insertBefore(note, root.firstChild);
    }
    note.textContent = text;
  }

  function read() {
    if (document.hidden) {
      window.setTimeout(read, EVERY);
      return;
    }
    MetapluginCi.get(root.getAttribute('data-url'), function (status, problem) {
      if (status && status.now && !problem) {
        show(status);
      } else {
        failed('The state cannot be read now (' + (problem || 'Metaplugin CI is not up') + '); what is below may be old.');
      }
      window.setTimeout(read, EVERY);
    });
  }

  read();
})();
