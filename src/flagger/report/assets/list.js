// The queue: only the rows in sight are in the page.

const SPARE_ROWS = 6;
const SNIPPET = 320;
const SHAPES = { clear: '○', review: '◐', flag: '●' };

let current = -1;
let rowHeight = 0;

function badge(axis, decision) {
  const name = `${label(axis)}: ${label(decision)}`;
  return element('span', { class: `badge ${decision}`, title: name },
    element('span', { 'aria-hidden': 'true' }, `${SHAPES[decision]} `), `${label(axis)}: `, element('b', {}, label(decision)));
}

function row(position) {
  const post = shown[position];
  const topics = topicsOf(post).map((topic) => label(topic.name));
  const provinces = provincesOf(post);
  const notes = [];
  if (topics.length) notes.push(topics.join(', '));
  if (provinces.length) notes.push(provinces.join(', '));
  if (posts.time && posts.time[post] !== null) notes.push(clock(posts.time[post]));
  const similar = groupSize(post);
  return element('div', {
    class: `row${position === current ? ' current' : ''}`, role: 'option', id: `row-${position}`,
    'aria-selected': selection.has(post) ? 'true' : 'false', 'aria-setsize': shown.length, 'aria-posinset': position + 1,
    style: { transform: `translateY(${position * rowHeight}px)` },
    onclick: (event) => {
      if (event.target.closest('.check')) return;
      show(position, { open: true });
    },
  },
  element('label', { class: 'check', title: word('select') },
    checkbox(selection.has(post), () => toggleSelected(post))),
  element('div', { class: 'words', lang: 'vi', dir: 'auto' }, visible(posts.text[post].slice(0, SNIPPET))),
  element('div', { class: 'facts' },
    element('span', { class: 'priority', title: `${word('priority')} ${posts.priority[post].toFixed(2)}` },
      element('span', { style: { width: `${Math.max(3, posts.priority[post] * 100)}%` } })),
    ...rowBadges(post),
    similar > 1 && element('span', { class: 'similar', title: word('duplicates', number(similar)) }, word('duplicate_badge', number(similar)))),
  element('div', { class: 'facts more' }, notes.join(' · ')));
}

/** What is clear needs no words beside what is not. */
function rowBadges(post) {
  const raised = facts.names.axes.filter((axis) => decisionOf(post, axis) !== 'clear');
  if (raised.length) return raised.map((axis) => badge(axis, decisionOf(post, axis)));
  return [element('span', { class: 'badge' }, element('span', { 'aria-hidden': 'true' }, `${SHAPES.clear} `), label('clear'))];
}

function checkbox(isOn, onchange) {
  const box = element('input', { type: 'checkbox', tabindex: '-1', 'aria-label': word('select'), onchange });
  box.checked = isOn;
  return box;
}

function drawList() {
  const list = find('list');
  rowHeight = parseFloat(getComputedStyle(list).getPropertyValue('--row'));
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - SPARE_ROWS);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + SPARE_ROWS);
  const rows = find('rows');
  rows.style.height = `${shown.length * rowHeight}px`;
  const made = [];
  for (let position = first; position < last; position += 1) made.push(row(position));
  if (!shown.length) made.push(element('p', { class: 'empty' }, word('none')));
  rows.replaceChildren(...made);
  if (current >= 0) list.setAttribute('aria-activedescendant', `row-${current}`);
  else list.removeAttribute('aria-activedescendant');
}

/** Make a post the current one and bring it into sight. */
function show(position, { open = false } = {}) {
  if (!shown.length) return;
  current = Math.min(Math.max(position, 0), shown.length - 1);
  const list = find('list');
  const top = current * rowHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
  drawList();
  drawDetail();
  if (open) document.body.dataset.pane = 'detail';
}

function toggleSelected(post) {
  if (selection.has(post)) selection.delete(post);
  else selection.add(post);
  afterSelection();
}

function drawCounts() {
  find('count').textContent = word('shown', number(shown.length), number(size));
  find('selected').textContent = word('selected', number(selection.size));
  find('selected').hidden = !selection.size;
  find('select-none').hidden = !selection.size;
  find('reset').hidden = !isFiltered();
  find('export').textContent = word(selection.size ? 'export' : 'export_shown');
}

function afterSelection() {
  drawCounts();
  drawList();
  drawDetail();
}
