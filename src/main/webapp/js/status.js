// The status page: reads Zuul's status.json every few seconds and writes text, never markup. Cards are kept from one answer
// to the next, and only what changed is written, so that thousands of changes do not stop the browser.
(function () {
  'use strict';

  var EVERY = 5000;
  // Items that are written in one go, before the browser may do something else.
  var SLICE = 100;
  var HOUR = 3600000;
  var STATES = ['success', 'failure', 'unstable', 'skipped', 'lost', 'aborted'];

  var root = document.getElementById('mci');
  if (!root) {
    return;
  }
  var element = MetapluginCi.element;
  var clear = MetapluginCi.clear;
  var plural = MetapluginCi.plural;
  var span = MetapluginCi.span;
  var mayOperate = root.getAttribute('data-operate') === 'true';
  var here = root.getAttribute('data-url').replace(/status\.json$/, '');
  var parts = {};
  var pipelines = {};
  // What people opened or closed themselves, by the card's key.
  var chosen = {};
  var timer = null;
  var reading = false;

  // Writes only what is new: an unchanged page is not laid out again.
  function write(node, text) {
    if (node.mciText !== text) {
      node.mciText = text;
      clear(node);
      if (text) {
        node.appendChild(document.createTextNode(text));
      }
    }
  }

  function style(node, className) {
    if (node.className !== className) {
      node.className = className;
    }
  }

  function show(node, visible) {
    var display = visible ? '' : 'none';
    if (node.style.display !== display) {
      node.style.display = display;
    }
  }

  // A link that may lead nowhere yet.
  function aim(link, url, text) {
    write(link, text);
    if (link.mciUrl !== url) {
      link.mciUrl = url;
      if (MetapluginCi.isWeb(url)) {
        link.href = url;
        link.rel = 'noreferrer';
      } else {
        link.removeAttribute('href');
      }
    }
  }

  function recall(name, otherwise) {
    try {
      var value = window.localStorage.getItem('metaplugin-ci.' + name);
      return value === null || value === undefined ? otherwise : value;
    } catch (e) {
      return otherwise;
    }
  }

  function remember(name, value) {
    try {
      window.localStorage.setItem('metaplugin-ci.' + name, value);
    } catch (e) {
      // A browser that keeps nothing: the page works all the same.
      return;
    }
  }

  // Makes the children of a node those of the list, moving only what is not in its place.
  function arrange(parent, nodes) {
    var at = parent.firstChild;
    nodes.forEach(function (node) {
      if (node === at) {
        at = at.nextSibling;
      } else {
        parent.insertBefore(node, at);
      }
    });
    while (at) {
      var next = at.nextSibling;
      parent.removeChild(at);
      at = next;
    }
  }

  /* ---- jobs ---- */

  function isRunning(job) {
    return !job.result && Boolean(job.url || job.start_time);
  }

  function stateOf(job) {
    if (job.result) {
      var result = job.result.toLowerCase();
      return STATES.indexOf(result) >= 0 ? result : 'other';
    }
    return isRunning(job) ? 'running' : 'queued';
  }

  function percent(job) {
    if (!isRunning(job)) {
      return 100;
    }
    var total = (job.elapsed_time || 0) + (job.remaining_time || 0);
    return job.remaining_time === null || total <= 0 ? 0 : Math.min(100, Math.round(100 * job.elapsed_time / total));
  }

  function jobLine() {
    var line = {root: element('li', 'mci-job')};
    line.link = element('a', 'mci-job-name');
    line.note = element('span', 'mci-note');
    line.label = element('span', 'mci-label');
    line.fill = element('span', 'mci-fill');
    line.label.appendChild(line.fill);
    line.word = element('span', 'mci-word');
    line.label.appendChild(line.word);
    line.why = element('div', 'mci-why');
    [line.link, line.note, line.label, line.why].forEach(function (node) {
      line.root.appendChild(node);
    });
    return line;
  }

  function updateJob(line, job, now) {
    var state = stateOf(job);
    var text = state === 'other' ? job.result.toLowerCase() : state;
    if (state === 'running') {
      text = span(job.elapsed_time || 0) + (job.remaining_time ? ', ' + span(job.remaining_time) + ' left' : '');
    }
    aim(line.link, job.result && MetapluginCi.isWeb(job.report_url) ? job.report_url : job.url, job.name);
    write(line.note, job.voting ? '' : ' (non-voting)');
    style(line.label, 'mci-label mci-' + state);
    var width = state === 'running' ? percent(job) + '%' : '0';
    if (line.fill.style.width !== width) {
      line.fill.style.width = width;
    }
    write(line.word, text);
    var why = [];
    if (job.attempts > 0) {
      why.push(plural(job.attempts, 'attempt') + ' without a verdict');
    }
    if (job.reason) {
      why.push(job.reason);
    }
    if (job.node_name && state === 'running') {
      why.push('on ' + job.node_name);
    }
    if (state === 'queued' && job.since) {
      why.push('for ' + span(now - job.since));
    }
    write(line.why, why.join('; '));
  }

  /* ---- items ---- */

  function card(key) {
    var made = {key: key, jobs: [], item: null, opened: null};
    made.root = element('article', 'mci-item');
    made.head = element('div', 'mci-head');
    made.toggle = element('button', 'mci-toggle');
    made.toggle.setAttribute('type', 'button');
    made.dot = element('span', 'mci-dot');
    made.project = element('span', 'mci-project');
    made.link = element('a', 'mci-change');
    made.times = element('span', 'mci-times');
    made.remaining = element('span', 'mci-remaining');
    made.elapsed = element('span', 'mci-elapsed');
    made.times.appendChild(made.remaining);
    made.times.appendChild(made.elapsed);
    made.bar = element('div', 'mci-bar');
    made.segments = [];
    [made.toggle, made.dot, made.project, made.link, made.times].forEach(function (node) {
      made.head.appendChild(node);
    });
    made.root.appendChild(made.head);
    made.root.appendChild(made.bar);
    made.body = null;
    made.head.onclick = function (event) {
      var target = event.target;
      if (target && target.nodeName && target.nodeName.toLowerCase() === 'a' && target.href) {
        return;
      }
      chosen['$' + key] = !made.opened;
      openOrClose(made);
    };
    return made;
  }

  function verdict(item) {
    var reasons = item.failing_reasons || [];
    if (!item.live) {
      return {className: 'waiting', text: 'Dependent change required for testing'};
    }
    if (reasons.indexOf('it has a merge conflict') >= 0) {
      return {className: 'conflict', text: 'Failing because ' + reasons.join(', ')};
    }
    if (reasons.length > 0) {
      return {className: 'failing', text: 'Failing because ' + reasons.join(', ')};
    }
    if (!item.active) {
      return {className: 'waiting', text: 'Waiting until closer to head of queue to start jobs'};
    }
    return {className: 'succeeding', text: 'Succeeding'};
  }

  function updateBar(made, jobs) {
    while (made.segments.length > jobs.length) {
      made.bar.removeChild(made.segments.pop().root);
    }
    jobs.forEach(function (job, n) {
      var segment = made.segments[n];
      if (!segment) {
        segment = {root: element('span'), fill: element('span')};
        segment.root.appendChild(segment.fill);
        made.bar.appendChild(segment.root);
        made.segments[n] = segment;
      }
      var state = stateOf(job);
      var soft = !job.voting && (state === 'failure' || state === 'unstable') ? ' mci-soft' : '';
      style(segment.root, 'mci-segment mci-' + state + soft);
      var title = job.name + ': ' + (job.result || state);
      if (segment.root.title !== title) {
        segment.root.title = title;
      }
      var width = percent(job) + '%';
      if (segment.fill.style.width !== width) {
        segment.fill.style.width = width;
      }
    });
    show(made.bar, jobs.length > 0);
  }

  function isRef(id) {
    return /^[0-9a-f]{40}$/.test(id || '');
  }

  function updateCard(made, item, now, pipeline) {
    made.item = item;
    made.now = now;
    made.pipeline = pipeline;
    var how = verdict(item);
    style(made.root, 'mci-item' + (item.live ? '' : ' mci-ahead'));
    style(made.dot, 'mci-dot mci-dot-' + how.className);
    if (made.dot.title !== how.text) {
      made.dot.title = how.text;
      made.dot.setAttribute('role', 'img');
      made.dot.setAttribute('aria-label', how.text);
    }
    write(made.project, item.project);
    aim(made.link, item.url, isRef(item.id) ? item.id.substring(0, 7) : item.id || '');
    var age = now - item.enqueue_time;
    write(made.remaining, item.live && item.remaining_time !== null ? span(item.remaining_time) + ' left' : '');
    write(made.elapsed, item.live ? span(age) : '');
    style(made.elapsed, 'mci-elapsed' + (age > 4 * HOUR ? ' mci-old' : age > 2 * HOUR ? ' mci-aging' : ' mci-young'));
    updateBar(made, item.jobs || []);
    made.root.setAttribute('data-text', (item.project + ' ' + item.id + ' ' + pipeline).toLowerCase());
    openOrClose(made);
  }

  function openOrClose(made) {
    var open = chosen['$' + made.key];
    if (open === undefined) {
      open = parts.expand.checked;
    }
    if (open !== made.opened) {
      made.opened = open;
      made.toggle.setAttribute('aria-expanded', open ? 'true' : 'false');
      made.toggle.setAttribute('aria-label', (open ? 'Close ' : 'Open ') + made.item.project + ' ' + made.item.id);
      write(made.toggle, open ? '\u25be' : '\u25b8');
      if (open && !made.body) {
        made.body = body(made);
      }
      if (made.body) {
        show(made.body.root, open);
      }
    }
    if (open) {
      updateBody(made);
    }
  }

  function body(made) {
    var inner = {root: element('div', 'mci-body')};
    inner.verdict = element('p', 'mci-verdict');
    inner.subject = element('p', 'mci-subject');
    inner.state = element('p', 'mci-state');
    inner.jobs = element('ul', 'mci-jobs');
    inner.report = element('p', 'mci-report');
    [inner.verdict, inner.subject, inner.state, inner.jobs, inner.report].forEach(function (node) {
      inner.root.appendChild(node);
    });
    if (mayOperate && made.item.live && !isRef(made.item.id)) {
      inner.root.appendChild(buttons(made));
    }
    made.root.appendChild(inner.root);
    return inner;
  }

  function reportText(report, now) {
    if (!report) {
      return '';
    }
    var labels = [];
    for (var name in report.labels) {
      if (Object.prototype.hasOwnProperty.call(report.labels, name)) {
        labels.push(name + ' ' + (report.labels[name] > 0 ? '+' : '') + report.labels[name]);
      }
    }
    return 'Report ' + report.phase.toLowerCase() + ' for ' + span(now - report.since) +
      (labels.length > 0 ? ' (' + labels.join(', ') + ')' : ' (without a vote)') +
      (report.attempts > 0 ? ', ' + report.attempts + (report.attempts === 1 ? ' try' : ' tries') : '') +
      (report.problem ? ': ' + report.problem : '');
  }

  function updateBody(made) {
    var item = made.item;
    var inner = made.body;
    var owner = item.owner && (item.owner.name || item.owner.username);
    write(inner.verdict, verdict(item).text);
    write(inner.subject, (item.subject || '') + (item.branch ? ' (' + item.branch + ')' : '') +
      (owner ? ', ' + owner : ''));
    write(inner.state, item.live && item.state ?
      item.state + (item.since ? ' for ' + span(made.now - item.since) : '') + (item.reason ? ': ' + item.reason : '') : '');
    var jobs = item.jobs || [];
    while (made.jobs.length > jobs.length) {
      inner.jobs.removeChild(made.jobs.pop().root);
    }
    jobs.forEach(function (job, n) {
      if (!made.jobs[n]) {
        made.jobs[n] = jobLine();
        inner.jobs.appendChild(made.jobs[n].root);
      }
      updateJob(made.jobs[n], job, made.now);
    });
    write(inner.report, reportText(item.report, made.now));
  }

  /* ---- pipelines ---- */

  function pipelineOf(name) {
    var known = pipelines['$' + name];
    if (!known) {
      known = {root: element('section', 'mci-pipeline'), cards: {}};
      var title = element('h2', 'mci-pipeline-name');
      title.appendChild(element('span', null, name));
      known.badge = element('span', 'mci-badge');
      known.badge.title = 'Changes in this pipeline';
      known.off = element('span', 'mci-off');
      title.appendChild(known.badge);
      title.appendChild(known.off);
      known.description = element('div', 'mci-description');
      known.list = element('div', 'mci-queues');
      known.root.appendChild(title);
      known.root.appendChild(known.description);
      known.root.appendChild(known.list);
      pipelines['$' + name] = known;
    }
    return known;
  }

  function updateDescription(node, text) {
    if (node.mciText !== text) {
      node.mciText = text;
      clear(node);
      text.split(/\r?\n\s*\r?\n/).forEach(function (paragraph) {
        if (paragraph) {
          node.appendChild(element('p', null, paragraph));
        }
      });
    }
  }

  function itemsOf(pipeline) {
    var items = [];
    (pipeline.change_queues || []).forEach(function (queue) {
      (queue.heads || []).forEach(function (head) {
        var last = head[head.length - 1];
        head.forEach(function (item) {
          // What is ahead of two changes is there twice.
          items.push({item: item, key: pipeline.name + ' ' + (last.key || last.id) + ' ' + item.id + ' ' + item.live});
        });
      });
    });
    return items;
  }

  function liveIn(items) {
    return items.filter(function (each) {
      return each.item.live;
    }).length;
  }

  // The work of one answer, cut into slices.
  function workOf(status) {
    var now = status.now || new Date().getTime();
    var order = [];
    var work = [];
    var kept = {};
    (status.pipelines || []).forEach(function (pipeline) {
      var into = pipelineOf(pipeline.name);
      var items = itemsOf(pipeline);
      var cards = {};
      var nodes = [];
      kept['$' + pipeline.name] = into;
      order.push(into.root);
      write(into.badge, String(liveIn(items)));
      write(into.off, pipeline.disabled ? 'disabled after ' + plural(pipeline.failures_in_a_row, 'failure') + ' in a row' : '');
      updateDescription(into.description, pipeline.description || '');
      for (var from = 0; from < items.length; from += SLICE) {
        work.push(slice(items.slice(from, from + SLICE), into, cards, nodes, now, pipeline.name));
      }
      work.push(function () {
        arrange(into.list, nodes);
        into.cards = cards;
        filter(into);
      });
    });
    pipelines = kept;
    work.push(function () {
      arrange(parts.pipelines, order);
      show(parts.none, order.length === 0);
    });
    return work;
  }

  function slice(items, into, cards, nodes, now, pipeline) {
    return function () {
      items.forEach(function (each) {
        var made = into.cards['$' + each.key] || card(each.key);
        updateCard(made, each.item, now, pipeline);
        cards['$' + each.key] = made;
        nodes.push(made.root);
      });
    };
  }

  /* ---- filter ---- */

  function words() {
    return parts.filter.value.toLowerCase().split(/[\s,]+/).filter(function (word) {
      return word !== '';
    });
  }

  function filter(pipeline) {
    var wanted = words();
    var shown = 0;
    for (var key in pipeline.cards) {
      if (Object.prototype.hasOwnProperty.call(pipeline.cards, key)) {
        var text = pipeline.cards[key].root.getAttribute('data-text');
        var match = wanted.length === 0 || wanted.some(function (word) {
          return text.indexOf(word) >= 0;
        });
        show(pipeline.cards[key].root, match);
        shown += match ? 1 : 0;
      }
    }
    show(pipeline.root, wanted.length === 0 || shown > 0);
  }

  function forEachPipeline(action) {
    for (var name in pipelines) {
      if (Object.prototype.hasOwnProperty.call(pipelines, name)) {
        action(pipelines[name]);
      }
    }
  }

  /* ---- the frame ---- */

  function build() {
    clear(root);
    parts.message = element('div', 'mci-message');
    parts.message.id = 'mci-message';
    parts.message.setAttribute('role', 'status');
    parts.answer = element('div', 'mci-message');
    parts.answer.id = 'mci-answer';
    parts.answer.setAttribute('role', 'status');
    parts.queues = element('span', 'mci-lengths');
    parts.queues.id = 'mci-lengths';
    parts.filter = element('input', 'mci-filter');
    parts.filter.id = 'mci-filter';
    parts.filter.type = 'search';
    parts.filter.setAttribute('placeholder', 'Filter by project, pipeline, change');
    parts.filter.setAttribute('aria-label', 'Filter by project, pipeline, change');
    parts.filter.value = recall('filter', '');
    parts.expand = element('input');
    parts.expand.id = 'mci-expand';
    parts.expand.type = 'checkbox';
    parts.expand.checked = recall('expand', 'false') === 'true';
    var expand = element('label', 'mci-expand');
    expand.appendChild(parts.expand);
    expand.appendChild(document.createTextNode(' Expand by default'));
    var controls = element('div', 'mci-controls');
    [parts.filter, expand, parts.queues].forEach(function (node) {
      controls.appendChild(node);
    });
    parts.waiting = element('ul', 'mci-waiting');
    parts.none = element('p', 'mci-none', 'There is no pipeline.');
    show(parts.none, false);
    parts.pipelines = element('div', 'mci-pipelines');
    parts.footer = element('p', 'mci-footer');
    [parts.message, parts.answer, controls, parts.waiting, parts.none, parts.pipelines].forEach(function (node) {
      root.appendChild(node);
    });
    if (mayOperate) {
      root.appendChild(operations());
    }
    root.appendChild(parts.footer);
    show(parts.message, false);
    show(parts.answer, false);
    parts.filter.oninput = parts.filter.onchange = function () {
      remember('filter', parts.filter.value);
      forEachPipeline(filter);
    };
    parts.expand.onclick = function () {
      remember('expand', String(parts.expand.checked));
      chosen = {};
      forEachPipeline(function (pipeline) {
        for (var key in pipeline.cards) {
          if (Object.prototype.hasOwnProperty.call(pipeline.cards, key)) {
            openOrClose(pipeline.cards[key]);
          }
        }
      });
    };
  }

  // Zuul's message is HTML; here it is text.
  function plain(html) {
    return html.replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&');
  }

  function banner(node, text, bad) {
    style(node, 'mci-message' + (bad ? ' mci-bad' : ''));
    write(node, text);
    show(node, text !== '');
  }

  function updateFrame(status) {
    var notes = [];
    if (status.message) {
      notes.push(plain(status.message));
    }
    if (status.take_events === false) {
      notes.push('New events of Gerrit are ignored: "Take events from Gerrit" is switched off.');
    }
    if (status.silent) {
      notes.push('Silent: nothing is posted to Gerrit.');
    }
    banner(parts.message, notes.join(' '), false);
    write(parts.queues, 'Queue lengths: ' + plural(status.trigger_event_queue.length, 'event') + ', ' +
      plural(status.result_event_queue.length, 'result') + '.');
    clear(parts.waiting);
    (status.waiting_events || []).forEach(function (event) {
      parts.waiting.appendChild(element('li', null, event.what + ' of ' + event.project + ' waits for Gerrit for ' +
        span(status.now - event.since) + (event.reason ? ': ' + event.reason : '')));
    });
    var configured = status.last_reconfigured ? MetapluginCi.ago(status.last_reconfigured, status.now) : 'not yet';
    write(parts.footer, 'Metaplugin CI ' + status.zuul_version + '. Last reconfigured: ' + configured + '.');
    if (mayOperate) {
      updateOperations(status);
    }
    theme();
  }

  // Current Jenkins has themes of its own; 1.395 has a white page, which follows the browser here.
  function theme() {
    if (!window.matchMedia || !window.getComputedStyle) {
      return;
    }
    var old = document.getElementById('top-panel') !== null;
    var dark;
    if (old) {
      dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
      style(document.documentElement, 'mci-old' + (dark ? ' mci-page-dark' : ''));
    } else {
      var colour = (window.getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g) || []).map(Number);
      dark = colour.length >= 3 && (colour.length < 4 || colour[3] > 0) && colour[0] + colour[1] + colour[2] < 384;
    }
    style(root, dark ? 'mci-dark' : 'mci-light');
  }

  /* ---- what operators ask for ---- */

  function post(what, fields) {
    banner(parts.answer, what + '...', false);
    MetapluginCi.post(here + what, fields, function (answer, problem) {
      var said = answer && answer.message ? answer.message : 'The controller answered: ' + problem + '.';
      banner(parts.answer, what + ': ' + said, !(answer && answer.done));
      read();
    });
  }

  function button(text, action) {
    var made = element('button', 'mci-button jenkins-button', text);
    made.setAttribute('type', 'button');
    made.onclick = action;
    return made;
  }

  function buttons(made) {
    var row = element('p', 'mci-buttons');
    row.appendChild(button('Dequeue', function () {
      if (window.confirm('Stop the builds of ' + made.item.id + ' in ' + made.pipeline + ' and report nothing?')) {
        post('dequeue', {pipeline: made.pipeline, change: made.item.id});
      }
    }));
    row.appendChild(button('Promote', function () {
      post('promote', {pipeline: made.pipeline, changes: made.item.id});
    }));
    return row;
  }

  // A control with its name above it.
  function labelled(form, text, control) {
    var label = element('label', 'mci-labelled');
    label.appendChild(element('span', null, text));
    label.appendChild(control);
    form.appendChild(label);
  }

  function field(form, name, text, example) {
    var made = element('input', 'mci-field');
    made.id = 'mci-' + name;
    made.type = 'text';
    made.setAttribute('placeholder', example);
    labelled(form, text, made);
    return made;
  }

  function operations() {
    var box = element('div', 'mci-operations');
    parts.pipeline = element('select', 'mci-field');
    parts.pipeline.id = 'mci-pipeline';
    labelled(box, 'Pipeline', parts.pipeline);
    var project = field(box, 'project', 'Project', 'openstack/neutron');
    var change = field(box, 'change', 'Change and patchset', '42,1');
    var enqueue = button('Enqueue', function () {
      post('enqueue', {pipeline: parts.pipeline.value, project: project.value, change: change.value});
    });
    enqueue.id = 'mci-enqueue';
    box.appendChild(enqueue);
    var reload = button('Reload the layout', function () {
      post('reload', {});
    });
    reload.id = 'mci-reload';
    box.appendChild(reload);
    parts.missed = element('div', 'mci-missed');
    parts.missed.id = 'mci-missed';
    box.appendChild(parts.missed);
    return box;
  }

  function updateOperations(status) {
    var names = status.pipelines.map(function (pipeline) {
      return pipeline.name;
    });
    if (parts.pipeline.mciNames !== names.join('\n')) {
      parts.pipeline.mciNames = names.join('\n');
      clear(parts.pipeline);
      names.forEach(function (name) {
        parts.pipeline.appendChild(element('option', null, name));
      });
    }
    var missed = status.missed_events || [];
    var keys = missed.map(function (event) {
      return event.key;
    }).join('\n');
    if (parts.missed.mciKeys !== keys) {
      parts.missed.mciKeys = keys;
      clear(parts.missed);
      if (missed.length > 0) {
        parts.missed.appendChild(missedEvents(missed));
      }
    }
  }

  // What happened while Gerrit could not be heard, beyond what is taken up by itself.
  function missedEvents(missed) {
    var box = element('div');
    box.appendChild(element('p', null, plural(missed.length, 'event') + ' missed and not taken up: '));
    box.appendChild(button('Enqueue all', function () {
      post('enqueueMissed', {all: 'true'});
    }));
    var list = element('ul');
    missed.forEach(function (event) {
      var line = element('li', null, event.type + ' of ' + event.project + ' ' + event.change + ', ' +
        MetapluginCi.utc(event.at) + ' ');
      line.appendChild(button('Enqueue', function () {
        post('enqueueMissed', {key: event.key});
      }));
      list.appendChild(line);
    });
    box.appendChild(list);
    return box;
  }

  /* ---- reading ---- */

  function later() {
    reading = false;
    window.clearTimeout(timer);
    timer = window.setTimeout(read, EVERY);
  }

  function run(work, at) {
    if (at >= work.length) {
      later();
      return;
    }
    work[at]();
    window.setTimeout(function () {
      run(work, at + 1);
    }, 0);
  }

  function failed(why) {
    banner(parts.message, 'The status cannot be read now (' + why + '); what is below may be old.', true);
    later();
  }

  function read() {
    if (reading) {
      return;
    }
    if (document.hidden) {
      later();
      return;
    }
    reading = true;
    MetapluginCi.get(root.getAttribute('data-url'), function (status, problem) {
      if (status && status.pipelines && !problem) {
        updateFrame(status);
        run(workOf(status), 0);
      } else {
        failed(problem || 'it is not a status');
      }
    });
  }

  build();
  theme();
  if (document.addEventListener) {
    document.addEventListener('visibilitychange', function () {
      if (!document.hidden) {
        read();
      }
    });
  }
  read();
})();
