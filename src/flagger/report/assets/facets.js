// Filters that are charts: bars, the tile map and the line of time.

const DECISION_ORDER = [2, 1, 0];
const TILE = 38;
const TILE_GAP = 3;
const TIME_BARS = 40;
const TIME_HEIGHT = 56;
let refresh = [];

function drawFacets() {
  refresh = [];
  const top = posts.group ? [once()] : [];
  find('facets').replaceChildren(
    element('div', { class: 'switches' }, switched('selected_only', 'selectedOnly'), ...top, groupNotice()),
    ...facts.names.axes.map((axis) => section(label(axis), word(`axis_${axis}`),
      ...DECISION_ORDER.map((at) => bar(axis, at, facts.names.decisions[at])))),
    section(word('topics'), '', ...facts.names.topics.map((name, at) => bar('topics', at, name))),
    section(word('provinces'), '', map()),
    ...(posts.time ? [section(word('time'), '', timeline())] : []),
    section(word('cues'), '', ...facts.names.cues.map((name, at) => bar('cues', at, name))),
  );
  updateFacets();
}

const updateFacets = () => refresh.forEach((update) => update());

function section(heading, hint, ...content) {
  return element('section', {}, element('h2', { title: hint }, heading), ...content);
}

function toggle(facet, value) {
  if (state[facet].has(value)) state[facet].delete(value);
  else state[facet].add(value);
  change({});
}

function bar(facet, value, name) {
  const fill = element('span', { class: 'fill' });
  const amount = element('span', { class: 'amount' });
  const shape = SHAPES[name] ? `${SHAPES[name]} ` : facts.names.lowering.includes(name) ? '▼ ' : '';
  const made = element('button', { type: 'button', class: 'facet', 'data-facet': facet, 'data-value': name, onclick: () => toggle(facet, value) },
    element('span', { class: 'name' }, shape + label(name)), amount, fill);
  refresh.push(() => {
    const most = Math.max(1, ...counts[facet]);
    const amountNow = counts[facet][value];
    amount.textContent = number(amountNow);
    fill.style.width = `${(amountNow / most) * 100}%`;
    made.setAttribute('aria-pressed', state[facet].has(value));
    made.classList.toggle('none', !amountNow);
  });
  return made;
}

function switched(name, key) {
  const box = element('input', { type: 'checkbox', id: `switch-${key}`, onchange: () => change({ [key]: box.checked }) });
  refresh.push(() => { box.checked = state[key]; });
  return element('label', { class: 'switch' }, box, ` ${word(name)}`);
}

const once = () => switched('once', 'oncePerGroup');

function groupNotice() {
  const made = element('button', { type: 'button', onclick: () => change({ group: null }) }, `✕ ${word('group')}`);
  refresh.push(() => { made.hidden = state.group === null; });
  return made;
}

/** The provinces: a square for each, the fuller the darker; pressed to filter. */
function map() {
  const columns = Math.max(...facts.tiles.map((tile) => tile[3])) + 1;
  const rows = Math.max(...facts.tiles.map((tile) => tile[2])) + 1;
  const step = TILE + TILE_GAP;
  const chart = drawing('svg', { viewBox: `0 0 ${columns * step} ${rows * step}`, class: 'map', role: 'group', 'aria-label': word('provinces') });
  facts.tiles.forEach(([name, code, y, x], province) => {
    const title = drawing('title');
    const square = drawing('rect', { width: TILE, height: TILE, rx: 5 });
    const amount = drawing('text', { x: TILE / 2, y: 30, class: 'amount' });
    const tile = drawing('g', {
      transform: `translate(${x * step} ${y * step})`, role: 'button', tabindex: '0', 'data-province': name,
      onclick: () => toggle('provinces', province), onkeydown: pressed(() => toggle('provinces', province)),
    }, title, square, drawing('text', { x: TILE / 2, y: 16, class: 'code' }, code), amount);
    refresh.push(() => {
      const most = Math.max(1, ...counts.provinces.subarray(0, NO_PROVINCE));
      const amountNow = counts.provinces[province];
      const share = amountNow ? 0.15 + 0.85 * Math.sqrt(amountNow / most) : 0;
      tile.style.setProperty('--share', `${share * 100}%`);
      tile.setAttribute('class', `tile${share > 0.55 ? ' dark' : ''}${amountNow ? '' : ' none'}`);
      tile.setAttribute('aria-pressed', state.provinces.has(province));
      amount.textContent = amountNow ? short(amountNow) : '';
      title.textContent = word('filter_by', name, number(amountNow));
      tile.setAttribute('aria-label', title.textContent);
    });
    chart.append(tile);
  });
  const amount = element('span', { class: 'amount' });
  const none = element('button', { type: 'button', class: 'facet', 'data-facet': 'provinces', 'data-value': 'none', onclick: () => toggle('provinces', NO_PROVINCE) },
    element('span', { class: 'name' }, word('no_province')), amount);
  refresh.push(() => {
    amount.textContent = number(counts.provinces[NO_PROVINCE]);
    none.setAttribute('aria-pressed', state.provinces.has(NO_PROVINCE));
  });
  return element('div', {}, chart, none);
}

const short = (value) => (value >= 10000 ? `${Math.round(value / 1000)}k` : value >= 1000 ? `${(value / 1000).toFixed(1)}k` : String(value));
const pressed = (action) => (event) => {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  event.stopPropagation();
  action();
};

function timeRange() {
  let first = Infinity;
  let last = -Infinity;
  let hasHours = false;
  for (const minutes of posts.time) {
    if (minutes === null) continue;
    hasHours ||= !isPlainDay(minutes);
    if (minutes < first) first = minutes;
    if (minutes > last) last = minutes;
  }
  if (first > last) return null;
  const unit = Object.values(MINUTES).find((minutes) => (hasHours || minutes >= MINUTES.day) && (last - first) / minutes <= TIME_BARS)
    ?? MINUTES.month * Math.ceil((last - first) / MINUTES.month / TIME_BARS);
  const start = Math.floor(first / unit) * unit;
  return { start, unit, bars: Math.floor((last - start) / unit) + 1 };
}

function timeline() {
  const range = timeRange();
  const without = element('p', { class: 'small' });
  if (!range) return without;
  const width = 264 / range.bars;
  const chart = drawing('svg', { viewBox: `0 0 264 ${TIME_HEIGHT}`, class: 'timeline', role: 'group', 'aria-label': word('time') });
  const withHour = range.unit < MINUTES.day;
  const made = Array.from({ length: range.bars }, (_, at) => {
    const from = range.start + at * range.unit;
    const title = drawing('title');
    const fill = drawing('rect', { x: at * width, width: Math.max(1, width - 1), class: 'fill' });
    const choose = () => change({ time: state.time?.[0] === from ? null : [from, from + range.unit] });
    const group = drawing('g', { role: 'button', tabindex: '0', 'data-bar': at, onclick: choose, onkeydown: pressed(choose) },
      title, drawing('rect', { x: at * width, width, height: TIME_HEIGHT, class: 'hit' }), fill);
    chart.append(group);
    return { from, title, fill, group };
  });
  refresh.push(() => {
    const amounts = new Int32Array(range.bars);
    let missing = 0;
    for (const minutes of counts.time) {
      if (minutes === null) missing += 1;
      else amounts[Math.floor((minutes - range.start) / range.unit)] += 1;
    }
    const most = Math.max(1, ...amounts);
    made.forEach(({ from, title, fill, group }, at) => {
      const height = amounts[at] ? Math.max(2, (amounts[at] / most) * (TIME_HEIGHT - 2)) : 0;
      fill.setAttribute('height', height);
      fill.setAttribute('y', TIME_HEIGHT - height);
      title.textContent = word('time_bar', clock(from, withHour), clock(from + range.unit, withHour), number(amounts[at]));
      group.setAttribute('aria-label', title.textContent);
      group.setAttribute('aria-pressed', state.time?.[0] === from);
    });
    without.textContent = missing ? word('no_time', number(missing)) : '';
  });
  return element('div', {}, chart,
    element('div', { class: 'line ends small' }, element('span', {}, clock(range.start, withHour)),
      element('span', {}, clock(range.start + range.bars * range.unit, withHour))), without);
}
