// On core 1.395, whose pages of nodes have no place for links of plugins: adds ours at the side.
(function () {
  'use strict';

  var script = document.getElementById('mci-node-link');
  var tasks = document.getElementById('tasks');
  if (!script || !tasks || document.getElementById('mci-node-task')) {
    return;
  }
  var root = script.getAttribute('data-root');
  var path = root + '/' + script.getAttribute('data-path');
  var image = document.createElement('img');
  image.src = root + '/plugin/metaplugin-ci/images/metaplugin-ci.svg';
  image.alt = '';
  image.width = 24;
  image.height = 24;
  image.style.margin = '2px';
  function link(child) {
    var made = document.createElement('a');
    made.href = path;
    made.appendChild(child);
    return made;
  }
  var task = document.createElement('div');
  task.className = 'task';
  task.id = 'mci-node-task';
  task.appendChild(link(image));
  task.appendChild(document.createTextNode('\u00a0'));
  task.appendChild(link(document.createTextNode(script.getAttribute('data-title'))));
  tasks.appendChild(task);
})();
