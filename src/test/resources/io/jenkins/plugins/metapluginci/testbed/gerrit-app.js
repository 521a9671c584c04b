// Gerrit as Maven Central has it comes without its web pages, and asks for /elements/gr-app.js at the place that gerrit.cdnPath
// names. This stands in: a list of changes, and a change with its votes and messages and a box to comment.
'use strict';
(() => {
  const app = document.querySelector('gr-app');
  const number = (/\/\+\/(\d+)/.exec(location.pathname) || [])[1];
  const me = 'developer';

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    Object.assign(made, attributes);
    made.append(...children);
    return made;
  };

  const read = async path => {
    const answer = await fetch(path);
    if (!answer.ok) {
      throw new Error(path + ': ' + answer.status);
    }
    return JSON.parse((await answer.text()).replace(/^\)\]\}'/, ''));
  };

  const login = async () => {
    await fetch('/login/?user_name=' + me);
    await fetch('/');
    return (/XSRF_TOKEN=([^;]+)/.exec(document.cookie) || [])[1];
  };

  const comment = async text => {
    const answer = await fetch(`/changes/${number}/revisions/current/review`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'X-Gerrit-Auth': await login()},
      body: JSON.stringify({message: text}),
    });
    if (!answer.ok) {
      alert(await answer.text());
    }
  };

  const votes = change => {
    const all = ((change.labels || {}).Verified || {}).all || [];
    const cast = all.filter(vote => vote.value);
    return cast.length
      ? cast.map(vote => `${vote.username} ${vote.value > 0 ? '+' : ''}${vote.value}`).join(', ')
      : 'no vote';
  };

  const withLinks = text => text.split(/(https?:\/\/\S+)/).map((part, i) =>
    i % 2 ? element('a', {href: part, textContent: part}) : part);

  const row = change => element('tr', {},
    element('td', {textContent: change._number}),
    element('td', {}, element('a', {
      href: `/c/${change.project}/+/${change._number}`,
      textContent: change.subject,
    })),
    element('td', {textContent: `${change.project} ${change.branch}`}),
    element('td', {textContent: change.status}),
    element('td', {textContent: votes(change)}));

  const list = async () => {
    const changes = await read('/changes/?q=-is:wip&n=50&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS');
    return [
      element('h1', {textContent: 'Changes'}),
      element('table', {}, element('tr', {}, ...['', 'Subject', 'Project', 'Status', 'Verified'].map(
        title => element('th', {textContent: title}))), ...changes.map(row)),
    ];
  };

  const detail = async () => {
    const change = await read(`/changes/${number}/detail`);
    return [
      element('p', {}, element('a', {href: '/', textContent: 'All changes'})),
      element('h1', {textContent: `${change._number}: ${change.subject}`}),
      element('p', {textContent: `${change.project}, ${change.branch}, ${change.status}. Verified: ${votes(change)}`}),
      ...change.messages.map(message => element('div', {className: 'message'},
        element('b', {textContent: (message.author || {}).name || 'Gerrit'}),
        ' ' + message.date.slice(0, 19) + ' UTC',
        element('pre', {}, ...withLinks(message.message)))),
    ];
  };

  const content = element('div', {});
  const show = async () => {
    try {
      content.replaceChildren(...await (number ? detail() : list()));
    } catch (e) {
      content.replaceChildren(element('p', {textContent: String(e)}));
    }
  };

  document.head.append(element('style', {textContent: `
    body { font: 15px sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; }
    table { border-collapse: collapse; width: 100%; }
    td, th { border-bottom: 1px solid #ccc; padding: .4em; text-align: left; }
    .message { border: 1px solid #ccc; border-radius: 4px; margin: .8em 0; padding: .6em; }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    textarea { box-sizing: border-box; width: 100%; }`}));
  app.append(content);
  if (number) {
    const box = element('textarea', {rows: 3, value: 'metaplugin-recheck', ariaLabel: 'Comment'});
    app.append(box, element('button', {
      textContent: 'Comment as ' + me,
      onclick: async () => {
        await comment(box.value);
        await show();
      },
    }));
  }
  show();
  setInterval(show, 3000);
})();
