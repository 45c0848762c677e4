// The posts: unpacked once, with what filters need of each in typed arrays.

const TOPIC_STRIDE = 3;
const PLACE_STRIDE = 4;
const REASON_STRIDE = 6;
const PART_STRIDE = 3;
const HIGH_PROVINCES = 17;
const MINUTES = { hour: 60, day: 1440, week: 10080, month: 43200 };

let posts;
// Reasons and parts of each post as numbers in strings, or null; they come after the posts.
let behind = null;
let size = 0;
let topicBits;
let cueBits;
let provinceBits;
let groupSizes;
let folded;

function decoded(packed) {
  // Browsers since 2025 do this at once.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(packed);
  const letters = atob(packed);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** Unpack what a script element holds, and take the element out. */
async function unpacked(id) {
  const bytes = decoded(find(id).textContent);
  find(id).remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

function index() {
  posts = facts.posts;
  size = facts.shown;
  topicBits = new Uint32Array(size);
  cueBits = new Uint32Array(size);
  // 34 provinces do not fit into 32 bits: two halves of 17, and a last bit in the first for no province at all.
  provinceBits = [new Uint32Array(size), new Uint32Array(size)];
  groupSizes = new Map();
  folded = new Array(size);
  for (let post = 0; post < size; post += 1) {
    const topics = posts.topics[post];
    for (let at = 0; at < topics.length; at += TOPIC_STRIDE) {
      if (topics[at + 2]) topicBits[post] |= 1 << topics[at];
    }
    for (const cue of posts.cues[post]) cueBits[post] |= 1 << cue;
    const places = posts.places[post];
    for (let at = 0; at < places.length; at += PLACE_STRIDE) {
      const province = places[at + 3];
      if (province >= 0) provinceBits[Math.floor(province / HIGH_PROVINCES)][post] |= 1 << (province % HIGH_PROVINCES);
    }
    if (!provinceBits[0][post] && !provinceBits[1][post]) provinceBits[0][post] = 1 << HIGH_PROVINCES;
    const group = posts.group?.[post] ?? null;
    if (group !== null) groupSizes.set(group, (groupSizes.get(group) ?? 0) + 1);
  }
}

const searched = (post) => `${posts.text[post]}\n${posts.id[post]}`;
const searchable = (post) => (folded[post] ??= spaced(fold(searched(post))));

/** Fold texts while nothing else happens, so that the first search is as quick as the next. */
function foldAhead(from = 0) {
  const until = performance.now() + 12;
  let post = from;
  while (post < size && performance.now() < until) searchable(post++);
  if (post < size) setTimeout(foldAhead, 4, post);
}

const groupSize = (post) => (posts.group ? groupSizes.get(posts.group[post]) ?? 1 : 1);

function provincesOf(post) {
  const places = posts.places[post];
  const found = new Set();
  for (let at = 0; at < places.length; at += PLACE_STRIDE) if (places[at + 3] >= 0) found.add(places[at + 3]);
  return [...found].map((province) => facts.tiles[province][0]);
}

function topicsOf(post) {
  const topics = posts.topics[post];
  const found = [];
  for (let at = 0; at < topics.length; at += TOPIC_STRIDE) {
    if (topics[at + 2]) found.push({ name: facts.names.topics[topics[at]], share: topics[at + 1] });
  }
  return found;
}

function reasonsOf(post) {
  const flat = JSON.parse(`[${behind?.evidence[post] ?? ''}]`);
  const found = [];
  for (let at = 0; at < flat.length; at += REASON_STRIDE) {
    found.push({
      start: flat[at],
      end: flat[at + 1],
      name: facts.names.reasons[flat[at + 2]],
      axis: facts.names.axes[flat[at + 3]],
      contribution: flat[at + 4],
      source: facts.sources[flat[at + 5]],
      words: posts.text[post].slice(flat[at], flat[at + 1]),
    });
  }
  return found;
}

/** Name a reason; a raising cue can only lower a score where its context takes it back, and that is said. */
function reasonName(reason) {
  const isTakenBack = reason.contribution < 0 && facts.names.cues.includes(reason.name) && !facts.names.lowering.includes(reason.name);
  return isTakenBack ? `${label('taken_back')}: ${label(reason.name)}` : label(reason.name);
}

/** What a score adds up from, on the logit scale. */
function partsOf(post, axis) {
  const flat = JSON.parse(`[${behind?.parts[post] ?? ''}]`);
  const found = [];
  for (let at = 0; at < flat.length; at += PART_STRIDE) {
    if (facts.names.axes[flat[at]] === axis) found.push({ name: facts.names.parts[flat[at + 1]], contribution: flat[at + 2] });
  }
  return found;
}

function placesOf(post) {
  const flat = posts.places[post];
  const found = [];
  for (let at = 0; at < flat.length; at += PLACE_STRIDE) {
    found.push({
      start: flat[at],
      end: flat[at + 1],
      text: posts.text[post].slice(flat[at], flat[at + 1]),
      level: facts.names.levels[flat[at + 2]],
      province: flat[at + 3] < 0 ? null : facts.tiles[flat[at + 3]][0],
    });
  }
  return found;
}

const decisionOf = (post, axis) => facts.names.decisions[posts[`${axis}Decision`][post]];

/** A day without a time is read as its midnight, and told as a day again. */
const isPlainDay = (minutes) => minutes % MINUTES.day === 0;
const stamp = (minutes) => new Date(minutes * 60000).toISOString().slice(0, isPlainDay(minutes) ? 10 : 16);

function clock(minutes, withHour = !isPlainDay(minutes)) {
  const text = new Date(minutes * 60000).toISOString();
  const day = language === 'vi' ? `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}` : text.slice(0, 10);
  return withHour ? `${day} ${text.slice(11, 16)}` : day;
}
