// One post: its words with the reasons marked, and why it stands where it does.

const STRONG = 1.5;
const MIDDLE = 0.5;
const SLIGHT = 0.02;
const NAMED_REASONS = 4;
const NAMED_PHRASES = 3;
const SHORT_QUOTE = 60;
const LONG_QUOTE = 160;

function drawDetail() {
  const target = find('detail');
  if (current < 0 || current >= shown.length) {
    target.replaceChildren(element('p', { class: 'empty' }, word('choose')));
    return;
  }
  if (facts.hasEvidence && !behind) {
    target.replaceChildren(element('p', { class: 'empty' }, word('loading')));
    return;
  }
  const post = shown[current];
  const reasons = reasonsOf(post);
  target.replaceChildren(
    detailTools(post),
    element('h2', {}, word('why')),
    element('div', { class: 'why' }, ...whyLines(post, reasons).map((line) => element('p', {}, line))),
    element('div', { class: 'post', lang: 'vi', dir: 'auto' }, ...marked(post, reasons)),
    legend(reasons),
    axes(post),
    topicLine(post) ?? '',
    reasonTable(reasons) ?? '',
    placeList(post) ?? '',
    sums(post) ?? '',
    posts.truncated[post] ? element('p', { class: 'small' }, word('truncated')) : '',
    facts.hasEvidence ? '' : element('p', { class: 'small' }, word('no_evidence')),
  );
  target.scrollTop = 0;
}

function detailTools(post) {
  const similar = groupSize(post);
  const box = checkbox(selection.has(post), () => toggleSelected(post));
  box.removeAttribute('tabindex');
  const when = posts.time && posts.time[post] !== null ? ` · ${clock(posts.time[post])}` : '';
  return element('div', { class: 'line detail-tools' },
    element('button', { type: 'button', class: 'back', onclick: closeDetail }, `← ${word('back')}`),
    element('button', { type: 'button', onclick: () => show(current - 1), 'aria-label': word('previous'), title: word('previous') }, '↑'),
    element('button', { type: 'button', onclick: () => show(current + 1), 'aria-label': word('next'), title: word('next') }, '↓'),
    element('label', {}, box, ` ${word('select')}`),
    similar > 1 && element('button', { type: 'button', onclick: () => change({ group: posts.group[post] }) },
      word('duplicates', number(similar))),
    element('span', { class: 'small name' }, `${visible(posts.id[post])} · ${word('row', number(posts.row[post]))}${when}`));
}

function whyLines(post, reasons) {
  const lines = [word('why_rank', number(post + 1), number(size), facts.names.axes
    .map((axis) => `${label(axis)}: ${label(decisionOf(post, axis))} (${percent(posts[axis][post])})`).join('; '))];
  const cues = reasons.filter((reason) => facts.names.cues.includes(reason.name));
  const raised = cues.filter((reason) => reason.contribution > SLIGHT);
  const lowered = cues.filter((reason) => reason.contribution < -SLIGHT);
  const lowering = new Set(facts.names.lowering);
  const bare = facts.hasEvidence ? [] : posts.cues[post].map((cue) => facts.names.cues[cue]);
  if (raised.length) lines.push(word('why_raised', quoted(raised)));
  else if (bare.some((cue) => !lowering.has(cue))) {
    lines.push(word('why_raised', bare.filter((cue) => !lowering.has(cue)).map(label).join('; ')));
  }
  lines.push(...wordingLines(post, reasons, lines.length > 1));
  if (lowered.length) lines.push(word('why_lowered', quoted(lowered)));
  else if (bare.some((cue) => lowering.has(cue))) {
    lines.push(word('why_lowered', bare.filter((cue) => lowering.has(cue)).map(label).join('; ')));
  }
  const topics = topicsOf(post);
  if (topics.length) lines.push(word('why_topic', topics.map((topic) => label(topic.name)).join(', ')));
  const named = placesOf(post).map((place) => `${quote(place.text, SHORT_QUOTE)}${place.province ? ` (${place.province})` : ''}`);
  if (named.length) lines.push(word('why_place', [...new Set(named)].join(', ')));
  else if (decisionOf(post, 'sensitive') !== 'clear') lines.push(word('why_no_place'));
  return lines.length > 1 ? lines : [...lines, word('why_nothing')];
}

/** What the two models read into the words: phrases of the one, and the whole as the other reads it. */
function wordingLines(post, reasons, hasCues) {
  const lines = [];
  if (decisionOf(post, 'unverified') !== 'clear') {
    const phrases = reasons.filter((reason) => reason.name === 'wording' && reason.contribution >= (hasCues ? MIDDLE : SLIGHT))
      .sort((a, b) => b.contribution - a.contribution).slice(0, NAMED_PHRASES);
    if (phrases.length) lines.push(word('why_words', phrases.map((phrase) => quote(phrase.words, SHORT_QUOTE)).join(', ')));
    else if (!hasCues) lines.push(word('why_wording'));
  }
  const read = partsOf(post, 'unverified').find((part) => part.name === 'encoder')?.contribution ?? 0;
  if (Math.abs(read) >= MIDDLE) lines.push(word(read > 0 ? 'why_model_raises' : 'why_model_lowers', strength(read)));
  return lines;
}

function quote(words, most) {
  const text = visible(squeezed(words));
  return `“${text.length > most ? `${text.slice(0, most)}…` : text}”`;
}

function quoted(reasons) {
  const named = new Map();
  for (const reason of reasons) {
    const name = reasonName(reason);
    if (!named.has(name)) named.set(name, []);
    named.get(name).push(quote(reason.words, SHORT_QUOTE));
  }
  return [...named].slice(0, NAMED_REASONS)
    .map(([name, words]) => `${name} (${[...new Set(words)].slice(0, 3).join(', ')})`).join('; ');
}

/** Cut the post at every beginning and end of a reason, a place or a match of the search. */
function marked(post, reasons) {
  const text = posts.text[post];
  const spans = reasons.map((reason) => ({ ...reason, kind: reason.name === 'place' ? 'place' : reason.contribution >= 0 ? 'raises' : 'lowers' }));
  if (!spans.some((span) => span.kind === 'place')) {
    for (const place of placesOf(post)) spans.push({ ...place, name: 'place', kind: 'place', contribution: 0 });
  }
  const hits = matches(text, squeezed(state.query)).map(([start, end]) => ({ start, end, kind: 'match' }));
  const cuts = [...new Set([0, text.length, ...[...spans, ...hits].flatMap((span) => [span.start, span.end])])]
    .filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  const pieces = [];
  for (let at = 0; at + 1 < cuts.length; at += 1) {
    const [start, end] = [cuts[at], cuts[at + 1]];
    const covers = (span) => span.start <= start && end <= span.end;
    const active = spans.filter(covers).sort((a, b) =>
      (a.kind === 'place') - (b.kind === 'place') || Math.abs(b.contribution) - Math.abs(a.contribution));
    let piece = visible(text.slice(start, end));
    if (hits.some(covers)) piece = element('span', { class: 'match' }, piece);
    if (active.length) {
      const ending = [...new Set(active.filter((span) => span.end === end && span.name !== 'wording').map(reasonName))];
      piece = element('mark', { class: active[0].kind, title: active.map(describe).join('; ') }, piece,
        ending.length ? element('small', {}, ending.join(', ')) : null);
    }
    pieces.push(piece);
  }
  return pieces;
}

const describe = (span) => (span.axis ? `${reasonName(span)} ${signed(span.contribution)}` : label(span.name));
const signed = (value) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;

function legend(reasons) {
  const kinds = ['place'];
  if (reasons.length) kinds.unshift('raises', 'lowers');
  const items = kinds.map((kind) => element('mark', { class: kind }, word(`legend_${kind}`)));
  if (state.query) items.push(element('span', { class: 'match' }, word('legend_search')));
  return element('p', { class: 'legend small' }, ...items);
}

function axes(post) {
  const made = facts.names.axes.map((axis) => {
    const share = posts[axis][post];
    const thresholds = Object.values(facts.thresholds[axis] ?? {});
    return element('div', { class: 'axis' },
      element('div', { class: 'axis-name' }, badge(axis, decisionOf(post, axis)), element('b', {}, ` ${percent(share)}`)),
      element('div', { class: 'bar', role: 'img', 'aria-label': `${label(axis)}: ${percent(share)}` },
        element('span', { class: decisionOf(post, axis), style: { width: `${share * 100}%` } }),
        ...thresholds.map((threshold) => element('i', { style: { left: `${threshold * 100}%` } }))),
      element('div', { class: 'small' }, word(`axis_${axis}`), marks(facts.thresholds[axis])));
  });
  return element('div', { class: 'axes' }, ...made,
    element('p', { class: 'small' }, `${word('priority')}: ${posts.priority[post].toFixed(2)}`));
}

const marks = (thresholds) => (thresholds
  ? ` · ${word('marks', percent(thresholds.review), percent(thresholds.flag))}` : '');

function topicLine(post) {
  const flat = posts.topics[post];
  if (!flat.length) return null;
  const items = [];
  for (let at = 0; at < flat.length; at += TOPIC_STRIDE) {
    const name = `${label(facts.names.topics[flat[at]])} ${percent(flat[at + 1])}`;
    items.push(flat[at + 2] ? element('b', {}, name) : element('span', {}, name));
  }
  return element('p', { class: 'chips' }, `${word('topics')}: `, ...items);
}

function reasonTable(reasons) {
  const named = reasons.filter((reason) => Math.abs(reason.contribution) >= SLIGHT)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  if (!named.length) return null;
  const most = Math.max(STRONG, Math.abs(named[0].contribution));
  const rows = named.map((reason) => {
    const raises = reason.contribution >= 0;
    return element('tr', { title: `${reason.source} ${signed(reason.contribution)}` },
      element('td', {}, `${raises ? '▲' : '▼'} ${reasonName(reason)}`, element('div', { class: 'small' }, label(reason.axis))),
      element('td', { lang: 'vi' }, quote(reason.words, LONG_QUOTE)),
      effect(reason.contribution, most));
  });
  return element('details', { open: true }, element('summary', {}, word('reasons')),
    element('table', {}, element('thead', {}, element('tr', {}, ...['reason', 'words_found', 'effect'].map((name) => element('th', {}, word(name))))),
      element('tbody', {}, ...rows)));
}

function strength(contribution) {
  const size_ = Math.abs(contribution);
  return word(size_ >= STRONG ? 'strong' : size_ >= MIDDLE ? 'middle' : 'weak');
}

function effect(contribution, most) {
  const raises = contribution >= 0;
  return element('td', {}, `${word(raises ? 'legend_raises' : 'legend_lowers')}, ${strength(contribution)}`,
    element('div', { class: 'effect' }, element('span', { class: raises ? 'raises' : 'lowers', style: { width: `${(Math.abs(contribution) / most) * 100}%` } })));
}

/** How each score adds up; folded, for those who want to know. */
function sums(post) {
  const rows = facts.names.axes.flatMap((axis) => {
    const parts = partsOf(post, axis).filter((part) => Math.abs(part.contribution) >= SLIGHT);
    const most = Math.max(STRONG, ...parts.map((part) => Math.abs(part.contribution)));
    return parts.map((part) => element('tr', {},
      element('td', {}, label(axis)), element('td', {}, `${label(part.name)} ${signed(part.contribution)}`), effect(part.contribution, most)));
  });
  if (!rows.length) return null;
  return element('details', { class: 'sums' }, element('summary', {}, word('sums')), element('p', { class: 'small' }, word('sums_note')),
    element('table', {}, element('tbody', {}, ...rows)));
}

/** Of a unit without a province several are possible; a street, school or market belongs to no unit that is known. */
function placeList(post) {
  const lines = placesOf(post).map((place) =>
    `${visible(place.text)}: ${label(place.level)}, ${place.province ?? word(place.level === 'other' ? 'unknown' : 'ambiguous')}`);
  if (!lines.length) return null;
  return element('details', { open: true }, element('summary', {}, word('places')),
    element('ul', {}, ...[...new Set(lines)].map((line) => element('li', {}, line))));
}

function closeDetail() {
  document.body.dataset.pane = 'queue';
  find('list').focus();
}
