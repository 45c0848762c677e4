// Everything joined: changes, keys, export, start.

const SEARCH_PAUSE = 120;
let waiting = 0;

/** Change what is asked for, and show the posts that fit. */
function change(wanted) {
  const before = current >= 0 ? shown[current] : null;
  Object.assign(state, wanted);
  apply();
  // The post that was open stays open when it still fits.
  current = before === null ? -1 : shown.indexOf(before);
  if (current < 0) find('list').scrollTop = 0;
  if (current < 0 && shown.length && isWide()) current = 0;
  if (find('search').value !== state.query && document.activeElement !== find('search')) find('search').value = state.query;
  drawCounts();
  updateFacets();
  drawList();
  drawDetail();
}

const isWide = () => window.matchMedia('(min-width: 901px)').matches;

function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = element('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function exportPosts() {
  const chosen = selection.size ? [...order()].filter((post) => selection.has(post)) : [...shown];
  const heading = ['row', 'id', 'text', 'unverified', 'unverified_decision', 'sensitive', 'sensitive_decision', 'priority', 'topics', 'provinces', 'cues'];
  if (posts.time) heading.push('time');
  if (posts.group) heading.push('group');
  const rows = chosen.map((post) => [
    posts.row[post], posts.id[post], posts.text[post], posts.unverified[post], decisionOf(post, 'unverified'),
    posts.sensitive[post], decisionOf(post, 'sensitive'), posts.priority[post],
    topicsOf(post).map((topic) => topic.name).join('; '), provincesOf(post).join('; '),
    posts.cues[post].map((cue) => facts.names.cues[cue]).join('; '),
    ...(posts.time ? [posts.time[post] === null ? '' : stamp(posts.time[post])] : []),
    ...(posts.group ? [posts.group[post] ?? ''] : []),
  ]);
  save('flagger-selection.csv', csvTable([heading, ...rows]), 'text/csv;charset=utf-8');
}

function drawAbout() {
  const keys = [['j k', 'next'], ['/', 'search'], ['Enter', 'open'], ['x', 'select'], ['Esc', 'close'], ['?', 'help']];
  const thresholds = Object.entries(facts.thresholds).map(([axis, values]) =>
    element('li', {}, word('threshold_line', label(axis), percent(values.review), percent(values.flag))));
  const versions = Object.entries(facts.versions).map(([name, value]) => element('li', {}, `${name}: ${value}`));
  const hidden = facts.rows - facts.unscored - facts.shown;
  find('about').replaceChildren(
    element('form', { method: 'dialog', class: 'line' }, element('h2', {}, word('about')),
      element('button', { type: 'button', onclick: () => find('about').close() }, word('close'))),
    ...[1, 2, 3, 4, 5, 6].map((at) => element('p', {}, word(`about_${at}`))),
    element('h3', {}, word('help')),
    element('dl', {}, ...keys.flatMap(([key, name]) => [
      element('dt', {}, ...key.split(' ').map((one) => element('kbd', {}, one))), element('dd', {}, word(`key_${name}`))])),
    thresholds.length ? element('h3', {}, word('thresholds')) : '', element('ul', {}, ...thresholds),
    element('h3', {}, word('versions')), element('ul', {}, ...versions), element('p', { class: 'small' }, word('version_note')),
    hidden ? element('p', {}, word('cut', number(facts.rows - facts.unscored), number(facts.shown))) : '',
    facts.unscored ? element('p', {}, word('unscored', number(facts.unscored))) : '',
    element('p', { class: 'small' }, word('made', facts.made), posts.time ? ` ${word('clock')}` : '', ` ${word('spreadsheet')}`));
}

function drawNotice() {
  const lines = [];
  if (facts.rows - facts.unscored > facts.shown) lines.push(word('cut', number(facts.rows - facts.unscored), number(facts.shown)));
  if (facts.unscored) lines.push(word('unscored', number(facts.unscored)));
  find('notice').textContent = lines.join(' ');
  find('notice').hidden = !lines.length;
}

function drawAll() {
  translate();
  const names = ['priority', 'unverified', 'sensitive', ...(posts.time ? ['newest'] : []), 'row'];
  find('sort').replaceChildren(...names.map((name) => element('option', { value: name }, word(`sort_${name}`))));
  find('sort').value = state.sort;
  drawNotice();
  drawAbout();
  drawCounts();
  drawFacets();
  drawList();
  drawDetail();
}

const KEYS = {
  j: () => show(current + 1),
  k: () => show(current - 1),
  ArrowDown: () => show(current + 1),
  ArrowUp: () => show(current - 1),
  PageDown: () => show(current + Math.floor(find('list').clientHeight / rowHeight)),
  PageUp: () => show(current - Math.floor(find('list').clientHeight / rowHeight)),
  Home: () => show(0),
  End: () => show(shown.length - 1),
  '/': () => { document.body.dataset.pane = 'queue'; find('search').focus(); find('search').select(); },
  Enter: () => { show(Math.max(current, 0), { open: true }); find('detail').focus({ preventScroll: true }); },
  x: () => { if (current >= 0) toggleSelected(shown[current]); },
  Escape: () => closeDetail(),
  '?': () => find('about').showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || find('about').open) return;
  const target = event.target;
  if (target.id === 'search') {
    if (event.key === 'Escape') { event.preventDefault(); target.value = ''; change({ query: '' }); find('list').focus(); }
    else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      search();
      find('list').focus();
      show(Math.max(current, 0));
    }
    return;
  }
  const isLetter = event.key.length === 1;
  if (target.matches('select, textarea') || (!isLetter && event.key !== 'Escape' && target.closest('button, summary, input, [role=button], #detail, #facets'))) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function search() {
  clearTimeout(waiting);
  if (find('search').value !== state.query) change({ query: find('search').value });
}

function connect() {
  document.addEventListener('keydown', onKey);
  find('search').addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, SEARCH_PAUSE); });
  find('list').addEventListener('scroll', () => requestAnimationFrame(drawList), { passive: true });
  new ResizeObserver(() => drawList()).observe(find('list'));
  find('sort').addEventListener('change', (event) => change({ sort: event.target.value }));
  find('reset').addEventListener('click', () => { clearFilters(); find('search').value = ''; change({}); });
  find('export').addEventListener('click', exportPosts);
  find('select-shown').addEventListener('click', () => { shown.forEach((post) => selection.add(post)); afterSelection(); });
  find('select-none').addEventListener('click', () => { selection.clear(); if (state.selectedOnly) change({ selectedOnly: false }); else afterSelection(); });
  find('about-open').addEventListener('click', () => find('about').showModal());
  find('language').addEventListener('click', () => { language = language === 'vi' ? 'en' : 'vi'; drawAll(); });
  find('theme').addEventListener('click', () => {
    const isDark = (document.documentElement.dataset.theme
      ?? (window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
  });
  for (const button of document.querySelectorAll('nav button')) {
    button.addEventListener('click', () => { document.body.dataset.pane = button.dataset.pane; drawList(); });
  }
}

async function start() {
  document.body.dataset.pane = 'queue';
  if (typeof DecompressionStream === 'undefined') {
    // The words of the page are packed as well.
    find('notice').textContent = 'Trình duyệt quá cũ · This browser is too old (2024 or later is needed).';
    return;
  }
  facts = await unpacked('posts');
  index();
  document.querySelector('main').hidden = false;
  apply();
  current = shown.length && isWide() ? 0 : -1;
  connect();
  drawAll();
  performance.mark('flagger-ready');
  // The queue is painted first.
  await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  behind = await unpacked('reasons');
  drawDetail();
  performance.mark('flagger-complete');
  setTimeout(foldAhead, 200);
}

start();
