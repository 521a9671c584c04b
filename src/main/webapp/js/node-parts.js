// What the pages about nodes share, after common.js: states, bars of times, numbers, buttons. Adds to the object MetapluginCi:
//
//   nodes.state(name)          a coloured label of a state
//   nodes.bars(numbers, now)   the times in each state, of the last day and since counting began, as bars with a legend
//   nodes.numbers(numbers)     runs, lost runs and reboots, as one line
//   nodes.theme(root)          light or dark, as Jenkins' page is
//   nodes.write(node, text), nodes.show(node, visible)   only what is new: an unchanged page is not laid out again
(function () {
  'use strict';

  var common = window.MetapluginCi;
  var element = common.element;
  var STATES = ['READY', 'RUNNING', 'CHECKING', 'PROVISIONING', 'PREPARING', 'DRAINING', 'REBOOTING', 'RETURNING', 'HELD',
    'FAILED'];
  var ACTIONS = {
    hold: {text: 'Hold', title: 'Keeps the node as it is, for a person to look at; it takes no builds until it is released'},
    release: {text: 'Release and reboot', title: 'Ends the hold: the node is rebooted, checked, and takes builds again'},
    reboot: {text: 'Reboot now', title: 'Reboots the node; builds of others on it may end first',
      ask: 'Reboot this node now? What is on it for a person to look at may be lost.'},
    recheck: {text: 'Check again', title: 'Runs the checks now; the node takes builds if it passes'},
    prepare: {text: 'Prepare', title: 'Sets the node up, again where it was set up before',
      ask: 'Run the preparation on this node? It installs packages and changes files there.'},
    releaseWithoutReboot: {text: 'Release without a reboot\u2026',
      title: 'Takes the node for clean as it is', warn: true,
      ask: 'Release this node WITHOUT a reboot?\n\nWhat the last build left on it (processes, files, network settings) stays, ' +
        'and the next change is tested on that. Its verdict may be wrong.'}
  };

  function known(state) {
    return STATES.indexOf(state) >= 0 ? state.toLowerCase() : 'none';
  }

  function state(name) {
    return element('span', 'mci-phase mci-is-' + known(name), name || 'NOT USED YET');
  }

  function write(node, text) {
    if (node.mciText !== text) {
      node.mciText = text;
      common.clear(node);
      if (text) {
        node.appendChild(document.createTextNode(text));
      }
    }
  }

  function show(node, visible) {
    var display = visible ? '' : 'none';
    if (node.style.display !== display) {
      node.style.display = display;
    }
  }

  function percent(part, whole) {
    var share = 100 * part / whole;
    return share === 0 ? '0 %' : share < 0.1 ? '< 0.1 %' : share < 10 ? share.toFixed(1) + ' %' : Math.round(share) + ' %';
  }

  function sum(times) {
    // Not reduce: 1.395's library of scripts puts another of that name in its place.
    var all = 0;
    STATES.forEach(function (name) {
      all += times[name] || 0;
    });
    return all;
  }

  function bar(title, times, className) {
    var whole = sum(times || {});
    if (whole <= 0) {
      return null;
    }
    var made = element('div', 'mci-times-of ' + className);
    made.appendChild(element('div', 'mci-times-title', title));
    var strip = element('div', 'mci-strip');
    strip.setAttribute('role', 'img');
    var legend = element('ul', 'mci-legend');
    var words = [];
    STATES.forEach(function (name) {
      var time = times[name] || 0;
      if (time <= 0) {
        return;
      }
      var word = name + ' ' + percent(time, whole) + ' (' + common.span(time) + ')';
      var part = element('span', 'mci-part mci-is-' + known(name));
      part.style.width = 100 * time / whole + '%';
      part.title = word;
      strip.appendChild(part);
      var line = element('li');
      line.appendChild(element('span', 'mci-swatch mci-is-' + known(name)));
      line.appendChild(document.createTextNode(word));
      legend.appendChild(line);
      words.push(word);
    });
    strip.setAttribute('aria-label', title + ': ' + words.join(', '));
    made.appendChild(strip);
    made.appendChild(legend);
    return made;
  }

  function bars(numbers, now) {
    var made = element('div', 'mci-bars');
    var recent = numbers.dayFrom && now - numbers.dayFrom < 86000000;
    [bar(recent ? 'Last ' + common.span(now - numbers.dayFrom) : 'Last 24 hours', numbers.day, 'mci-day'),
      bar(numbers.since ? 'Since ' + common.utc(numbers.since) : 'Since it was first seen', numbers.phases, 'mci-ever')
    ].forEach(function (each) {
      if (each) {
        made.appendChild(each);
      }
    });
    return made;
  }

  function share(numbers) {
    return numbers.runs > 0 ? percent(numbers.lost, numbers.runs) : '';
  }

  function numbers(counted) {
    var words = [common.plural(counted.runs, 'run')];
    if (counted.runs > 0) {
      words.push(counted.lost + ' lost to infrastructure (' + share(counted) + ')');
    }
    words.push(common.plural(counted.reboots, 'reboot'));
    if (counted.failedReboots > 0) {
      words.push(counted.failedReboots + ' failed');
    }
    return words.join(', ');
  }

  // Current Jenkins has themes of its own; 1.395 has a white page, which follows the browser here.
  function theme(root) {
    if (!window.matchMedia || !window.getComputedStyle) {
      return;
    }
    var old = document.getElementById('top-panel') !== null;
    var dark;
    if (old) {
      dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
      var side = root.getAttribute('data-side') === 'true' ? ' mci-side' : '';
      var all = 'mci-old' + side + (dark ? ' mci-page-dark' : '');
      if (document.documentElement.className !== all) {
        document.documentElement.className = all;
      }
    } else {
      var colour = (window.getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g) || []).map(Number);
      dark = colour.length >= 3 && (colour.length < 4 || colour[3] > 0) && colour[0] + colour[1] + colour[2] < 384;
    }
    var name = dark ? 'mci-dark' : 'mci-light';
    if (root.className !== name) {
      root.className = name;
    }
  }

  common.nodes = {
    STATES: STATES,
    ACTIONS: ACTIONS,
    state: state,
    write: write,
    show: show,
    bars: bars,
    share: share,
    numbers: numbers,
    theme: theme,
    known: known
  };
})();
