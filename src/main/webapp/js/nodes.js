// All nodes: on their page a table to sort and filter, on the status page what the pool is doing. Reads nodes.json every few
// seconds and writes text, never markup: names and reasons are of strangers.
(function () {
  'use strict';

  var EVERY = 5000;
  // Nodes that the status page names.
  var MOST = 20;
  var common = window.MetapluginCi;
  var shared = common.nodes;
  var element = common.element;
  var write = shared.write;
  var show = shared.show;
  var brief = document.getElementById('mci-pool');
  var root = brief || document.getElementById('mci');
  if (!root) {
    return;
  }
  var mayOperate = !brief && root.getAttribute('data-operate') === 'true';
  var base = root.getAttribute('data-root');
  var parts = {};
  var rows = {};
  var last = null;
  var timer = null;
  // An answer that comes after a later question is not looked at.
  var turn = 0;

  var COLUMNS = [
    {key: 'node', title: 'Node', of: function (node) {
      return node.node;
    }},
    {key: 'phase', title: 'State', of: function (node) {
      return shared.STATES.indexOf(node.phase);
    }},
    {key: 'since', title: 'For', of: function (node) {
      return node.since ? -node.since : 0;
    }},
    {key: 'reason', title: 'Why', of: function (node) {
      return node.reason || '';
    }},
    {key: 'build', title: 'Last build', of: function (node) {
      return node.build ? node.build.text : '';
    }},
    {key: 'runs', title: 'Runs', of: function (node) {
      return node.numbers.runs;
    }},
    {key: 'lost', title: 'Lost', of: function (node) {
      return node.numbers.runs ? node.numbers.lost / node.numbers.runs : -1;
    }}
  ];

  function recall(name, otherwise) {
    try {
      return window.localStorage.getItem('metaplugin-ci.nodes.' + name) || otherwise;
    } catch (e) {
      return otherwise;
    }
  }

  function remember(name, value) {
    try {
      window.localStorage.setItem('metaplugin-ci.nodes.' + name, value);
    } catch (e) {
      // A browser that keeps nothing: the page works all the same.
      return;
    }
  }

  /* ---- the frame ---- */

  function build() {
    common.clear(root);
    if (brief) {
      root.appendChild(title());
    }
    parts.message = element('div', 'mci-message mci-bad');
    parts.message.id = 'mci-nodes-message';
    parts.message.setAttribute('role', 'status');
    show(parts.message, false);
    root.appendChild(parts.message);
    parts.answer = element('div', 'mci-message');
    parts.answer.id = 'mci-answer';
    parts.answer.setAttribute('role', 'status');
    show(parts.answer, false);
    root.appendChild(parts.answer);
    parts.pool = element('section', 'mci-pool-box');
    parts.counts = element('div', 'mci-counts');
    parts.summary = element('p', 'mci-numbers');
    parts.bars = element('div');
    [parts.counts, parts.summary, parts.bars].forEach(function (node) {
      parts.pool.appendChild(node);
    });
    if (brief) {
      parts.list = element('ul', 'mci-node-list');
      parts.pool.appendChild(parts.list);
      root.appendChild(parts.pool);
      // Beside the pipelines, whose colours and widths it has.
      var page = document.getElementById('mci');
      page.insertBefore(root, page.querySelector('.mci-footer'));
      return;
    }
    root.appendChild(links());
    root.appendChild(parts.pool);
    root.appendChild(controls());
    root.appendChild(table());
    parts.none = element('p', 'mci-none', 'There is no node.');
    show(parts.none, false);
    root.appendChild(parts.none);
  }

  function title() {
    var made = element('h2', 'mci-title');
    var link = element('a', null, 'Nodes');
    link.href = base + 'metaplugin-ci/nodes/';
    made.appendChild(link);
    return made;
  }

  function links() {
    var made = element('p', 'mci-links');
    var status = element('a', null, 'Status');
    status.href = base + 'metaplugin-ci/';
    made.appendChild(status);
    var add = document.getElementById('mci-add-node');
    if (add) {
      var place = add.parentNode;
      made.appendChild(add);
      place.parentNode.removeChild(place);
    }
    var json = element('a', null, 'JSON');
    json.href = root.getAttribute('data-url');
    made.appendChild(json);
    return made;
  }

  function controls() {
    var made = element('div', 'mci-controls');
    parts.filter = element('input', 'mci-filter');
    parts.filter.id = 'mci-nodes-filter';
    parts.filter.type = 'search';
    parts.filter.setAttribute('placeholder', 'Filter by node, state, reason, build');
    parts.filter.setAttribute('aria-label', 'Filter by node, state, reason, build');
    parts.filter.value = recall('filter', '');
    parts.filter.oninput = parts.filter.onchange = function () {
      remember('filter', parts.filter.value);
      arrange();
    };
    made.appendChild(parts.filter);
    // A phone shows cards, which have no heads to click.
    parts.sort = element('select', 'mci-field mci-sort');
    parts.sort.id = 'mci-nodes-sort';
    parts.sort.setAttribute('aria-label', 'Sort by');
    COLUMNS.forEach(function (column) {
      var option = element('option', null, 'Sort by: ' + column.title);
      option.value = column.key;
      parts.sort.appendChild(option);
    });
    parts.sort.value = recall('sort', 'node');
    parts.sort.onchange = function () {
      sortBy(parts.sort.value, false);
    };
    made.appendChild(parts.sort);
    return made;
  }

  function sortBy(key, turn) {
    var down = turn && recall('sort', 'node') === key && recall('down', 'false') !== 'true';
    remember('sort', key);
    remember('down', String(down));
    arrange();
  }

  function table() {
    var made = element('table', 'mci-table');
    made.id = 'mci-nodes-table';
    var head = element('tr');
    COLUMNS.forEach(function (column) {
      var cell = element('th');
      cell.setAttribute('scope', 'col');
      column.button = element('button', 'mci-head-button', column.title);
      column.button.setAttribute('type', 'button');
      column.button.onclick = function () {
        sortBy(column.key, true);
      };
      column.cell = cell;
      cell.appendChild(column.button);
      head.appendChild(cell);
    });
    if (mayOperate) {
      head.appendChild(element('th'));
    }
    var top = element('thead');
    top.appendChild(head);
    made.appendChild(top);
    parts.body = element('tbody');
    made.appendChild(parts.body);
    return made;
  }

  /* ---- rows ---- */

  function row(name) {
    var made = {root: element('tr', 'mci-node'), cells: {}, phase: null};
    COLUMNS.forEach(function (column) {
      var cell = element('td', 'mci-cell-' + column.key);
      cell.setAttribute('data-title', column.title);
      made.cells[column.key] = cell;
      made.root.appendChild(cell);
    });
    made.link = element('a', 'mci-node-name', name);
    made.cells.node.appendChild(made.link);
    made.away = element('span', 'mci-note');
    made.cells.node.appendChild(made.away);
    made.buildLink = element('a');
    made.cells.build.appendChild(made.buildLink);
    if (mayOperate) {
      made.buttons = element('td', 'mci-cell-buttons');
      made.root.appendChild(made.buttons);
    }
    return made;
  }

  function updateRow(made, node, now) {
    made.node = node;
    made.link.href = base + node.path;
    write(made.away, node.online ? '' : ' (not connected)');
    if (made.phase !== node.phase) {
      made.phase = node.phase;
      common.clear(made.cells.phase);
      made.cells.phase.appendChild(shared.state(node.phase));
    }
    write(made.cells.since, node.since ? common.span(now - node.since) : '');
    made.cells.since.title = node.since ? common.utc(node.since) : '';
    write(made.cells.reason, why(node, now));
    if (node.build) {
      made.buildLink.href = base + node.build.path;
    }
    write(made.buildLink, node.build ? node.build.text : '');
    write(made.cells.runs, String(node.numbers.runs));
    write(made.cells.lost, shared.share(node.numbers));
    if (mayOperate) {
      updateButtons(made, node);
    }
    made.text = [node.node, node.phase || '', node.reason || '', node.by || '', node.build ? node.build.text : '']
      .join(' ').toLowerCase();
  }

  function why(node, now) {
    var text = node.reason || '';
    if (node.hold && node.hold.until) {
      // Who holds it, or will when the build ends, is in the reason.
      text += (text ? '; ' : '') + (node.hold.until > now ? 'for ' + common.span(node.hold.until - now) + ' more' : 'until now');
    }
    return text;
  }

  // The two that are one click: keeping a node, and giving it back.
  function updateButtons(made, node) {
    var what = node.actions.indexOf('release') >= 0 ? 'release' : node.actions.indexOf('hold') >= 0 ? 'hold' : '';
    if (made.what === what) {
      return;
    }
    made.what = what;
    common.clear(made.buttons);
    if (what) {
      var button = element('button', 'mci-button jenkins-button', shared.ACTIONS[what].text);
      button.setAttribute('type', 'button');
      button.title = shared.ACTIONS[what].title;
      button.onclick = function () {
        ask(made.node, what);
      };
      made.buttons.appendChild(button);
    }
  }

  function ask(node, what) {
    banner('...', node.node + ': ' + shared.ACTIONS[what].text, false);
    common.post(base + node.path + what, {}, function (value, problem) {
      var text = value && value.message ? value.message : problem || '';
      banner(text, node.node + ': ' + shared.ACTIONS[what].text, !(value && value.done));
      read();
    });
  }

  function banner(text, what, bad) {
    parts.answer.className = 'mci-message' + (bad ? ' mci-bad' : '');
    write(parts.answer, what + ': ' + text);
    show(parts.answer, true);
  }

  function compare(one, other) {
    if (one === other) {
      return 0;
    }
    if (typeof one === 'string') {
      return one.localeCompare(other, undefined, {numeric: true});
    }
    return one < other ? -1 : 1;
  }

  // Puts the rows in order, and shows those that fit the filter.
  function arrange() {
    if (!last) {
      return;
    }
    var key = recall('sort', 'node');
    var sign = recall('down', 'false') === 'true' ? -1 : 1;
    var by = COLUMNS[0];
    COLUMNS.forEach(function (column) {
      if (column.key === key) {
        by = column;
      }
    });
    COLUMNS.forEach(function (column) {
      column.cell.setAttribute('aria-sort', column === by ? (sign < 0 ? 'descending' : 'ascending') : 'none');
    });
    parts.sort.value = by.key;
    var words = parts.filter.value.toLowerCase().split(/[\s,]+/).filter(Boolean);
    var shown = last.nodes.slice().sort(function (one, other) {
      return sign * compare(by.of(one), by.of(other)) || compare(one.node, other.node);
    }).map(function (node) {
      return rows['$' + node.node];
    });
    shown.forEach(function (made, n) {
      show(made.root, words.every(function (word) {
        return made.text.indexOf(word) >= 0;
      }));
      if (parts.body.childNodes[n] !== made.root) {
        parts.body.insertBefore(made.root, parts.body.childNodes[n] || null);
      }
    });
    while (parts.body.childNodes.length > shown.length) {
      parts.body.removeChild(parts.body.lastChild);
    }
    show(parts.none, last.nodes.length === 0);
  }

  /* ---- the pool ---- */

  function updatePool(status) {
    var pool = status.pool;
    common.clear(parts.counts);
    parts.counts.appendChild(element('b', null, common.plural(pool.nodes, 'node')));
    shared.STATES.forEach(function (name) {
      if (pool.counts[name]) {
        var made = element(brief ? 'span' : 'button', 'mci-count');
        made.appendChild(shared.state(name));
        made.appendChild(document.createTextNode(' ' + pool.counts[name]));
        if (!brief) {
          made.setAttribute('type', 'button');
          made.title = 'Show only these';
          made.onclick = function () {
            parts.filter.value = parts.filter.value.toUpperCase() === name ? '' : name;
            parts.filter.onchange();
          };
        }
        parts.counts.appendChild(made);
      }
    });
    write(parts.summary, pool.numbers.since || pool.numbers.runs ? 'Counted: ' + shared.numbers(pool.numbers) + '.' : '');
    common.clear(parts.bars);
    parts.bars.appendChild(shared.bars(pool.numbers, status.now));
  }

  function updateList(status) {
    common.clear(parts.list);
    // What needs a person comes first; READY is nothing to tell of.
    var order = ['HELD', 'FAILED'];
    var sorted = status.nodes.filter(function (node) {
      return Boolean(node.phase);
    }).sort(function (one, other) {
      return order.indexOf(other.phase) - order.indexOf(one.phase) ||
        (one.phase === 'READY') - (other.phase === 'READY') || compare(one.node, other.node);
    });
    sorted.slice(0, MOST).forEach(function (node) {
      var line = element('li', 'mci-node-line');
      var link = element('a', 'mci-node-name', node.node);
      link.href = base + node.path;
      line.appendChild(link);
      line.appendChild(shared.state(node.phase));
      line.appendChild(element('span', 'mci-note', node.since ? 'for ' + common.span(status.now - node.since) : ''));
      line.appendChild(element('span', 'mci-why', why(node, status.now)));
      parts.list.appendChild(line);
    });
    if (sorted.length > MOST) {
      var more = element('a', null, sorted.length - MOST + ' more');
      more.href = base + 'metaplugin-ci/nodes/';
      var rest = element('li', 'mci-node-line');
      rest.appendChild(more);
      parts.list.appendChild(rest);
    }
  }

  function update(status) {
    last = status;
    updatePool(status);
    if (brief) {
      updateList(status);
      return;
    }
    shared.theme(root);
    var kept = {};
    status.nodes.forEach(function (node) {
      var made = rows['$' + node.node] || row(node.node);
      updateRow(made, node, status.now);
      kept['$' + node.node] = made;
    });
    rows = kept;
    arrange();
  }

  /* ---- reading ---- */

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
    common.get(root.getAttribute('data-url'), function (value, problem) {
      if (mine !== turn) {
        return;
      }
      var message = value && value.message;
      show(parts.message, problem !== null || Boolean(message));
      if (message) {
        write(parts.message, message);
      }
      if (problem !== null || !value.nodes) {
        write(parts.message, 'The nodes cannot be read now (' + problem + '); what is below may be old.');
      } else {
        update(value);
      }
      later();
    });
  }

  build();
  if (!brief) {
    shared.theme(root);
  }
  if (document.addEventListener) {
    document.addEventListener('visibilitychange', function () {
      if (!document.hidden) {
        read();
      }
    });
  }
  read();
})();
