// What the reader asked for, and the posts that fit.

const FACETS = { unverified: 1, sensitive: 2, topics: 4, provinces: 8, cues: 16, time: 32, others: 64 };
const NO_PROVINCE = 34;

const state = {
  query: '',
  unverified: new Set(),
  sensitive: new Set(),
  topics: new Set(),
  provinces: new Set(),
  cues: new Set(),
  time: null,
  group: null,
  selectedOnly: false,
  oncePerGroup: false,
  sort: 'priority',
};
const selection = new Set();
const orders = new Map();
let shown = new Int32Array(0);
let counts;

const bitsOf = (set) => [...set].reduce((bits, value) => bits | (1 << value), 0);
const isFiltered = () => Boolean(
  state.query || state.time || state.group !== null || state.selectedOnly
  || ['unverified', 'sensitive', 'topics', 'provinces', 'cues'].some((name) => state[name].size),
);

function order() {
  const key = state.sort;
  if (!orders.has(key)) {
    const made = Int32Array.from({ length: size }, (_, post) => post);
    if (key === 'row') made.sort((a, b) => posts.row[a] - posts.row[b]);
    // Posts arrive most urgent first, and sorting is stable.
    else if (key === 'newest') made.sort((a, b) => (posts.time[b] ?? -Infinity) - (posts.time[a] ?? -Infinity) || a - b);
    else if (key !== 'priority') made.sort((a, b) => posts[key][b] - posts[key][a]);
    orders.set(key, made);
  }
  return orders.get(key);
}

function queryTest() {
  const query = squeezed(state.query);
  if (!query) return null;
  const plain = fold(query);
  const exact = composed(query);
  return (post) => fits(searched(post), searchable(post), plain, exact);
}

/** Fill `shown` and `counts`: each facet counts what the other facets let through. */
function apply() {
  performance.mark('flagger-filter-start');
  const wanted = {
    unverified: bitsOf(state.unverified),
    sensitive: bitsOf(state.sensitive),
    topics: bitsOf(state.topics),
    cues: bitsOf(state.cues),
  };
  const low = [...state.provinces].reduce((bits, at) => (at === NO_PROVINCE ? bits | (1 << HIGH_PROVINCES)
    : at < HIGH_PROVINCES ? bits | (1 << at) : bits), 0);
  const high = [...state.provinces].reduce((bits, at) => (at >= HIGH_PROVINCES && at < NO_PROVINCE
    ? bits | (1 << (at - HIGH_PROVINCES)) : bits), 0);
  const test = queryTest();
  counts = {
    unverified: new Int32Array(3), sensitive: new Int32Array(3), topics: new Int32Array(facts.names.topics.length),
    cues: new Int32Array(facts.names.cues.length), provinces: new Int32Array(NO_PROVINCE + 1), time: [],
  };
  const found = [];
  const groups = new Set();
  for (const post of order()) {
    let failed = 0;
    if (wanted.unverified && !(wanted.unverified & (1 << posts.unverifiedDecision[post]))) failed |= FACETS.unverified;
    if (wanted.sensitive && !(wanted.sensitive & (1 << posts.sensitiveDecision[post]))) failed |= FACETS.sensitive;
    if (wanted.topics && !(wanted.topics & topicBits[post])) failed |= FACETS.topics;
    if (wanted.cues && !(wanted.cues & cueBits[post])) failed |= FACETS.cues;
    if ((low || high) && !(low & provinceBits[0][post]) && !(high & provinceBits[1][post])) failed |= FACETS.provinces;
    if (state.time && !isWithin(posts.time[post], state.time)) failed |= FACETS.time;
    // More than one facet says no: the post counts nowhere, so nothing else needs asking.
    if (failed & (failed - 1)) continue;
    if (state.group !== null && posts.group[post] !== state.group) continue;
    if (state.selectedOnly && !selection.has(post)) continue;
    if (test && !test(post)) continue;
    if (state.oncePerGroup && posts.group && posts.group[post] !== null) {
      if (groups.has(posts.group[post])) continue;
      if (!failed) groups.add(posts.group[post]);
    }
    if (!failed) found.push(post);
    count(post, failed);
  }
  shown = Int32Array.from(found);
  performance.mark('flagger-filter-end');
  performance.measure('flagger-filter', 'flagger-filter-start', 'flagger-filter-end');
}

const isWithin = (minutes, [from, until]) => minutes !== null && minutes >= from && minutes < until;

function count(post, failed) {
  const counted = (facet) => !(failed & ~FACETS[facet]);
  if (counted('unverified')) counts.unverified[posts.unverifiedDecision[post]] += 1;
  if (counted('sensitive')) counts.sensitive[posts.sensitiveDecision[post]] += 1;
  if (counted('topics')) addBits(counts.topics, topicBits[post], 0);
  if (counted('cues')) addBits(counts.cues, cueBits[post], 0);
  if (counted('provinces')) {
    if (provinceBits[0][post] >>> HIGH_PROVINCES) counts.provinces[NO_PROVINCE] += 1;
    else addBits(counts.provinces, provinceBits[0][post], 0);
    addBits(counts.provinces, provinceBits[1][post], HIGH_PROVINCES);
  }
  if (posts.time && counted('time')) counts.time.push(posts.time[post]);
}

function addBits(target, bits, offset) {
  for (let left = bits; left; left &= left - 1) target[offset + 31 - Math.clz32(left & -left)] += 1;
}

function clearFilters() {
  for (const name of ['unverified', 'sensitive', 'topics', 'provinces', 'cues']) state[name].clear();
  Object.assign(state, { query: '', time: null, group: null, selectedOnly: false });
}
