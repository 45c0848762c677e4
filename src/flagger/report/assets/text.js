// Text: folding for search, safe display, CSV.

const MARKS = /[\u0300-\u036f]/g;
// C1 controls, and marks that turn the direction of what follows: a post must not reorder the page around it.
const UNSAFE = /[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;

const fold = (text) => text.toLowerCase().normalize('NFD').replace(MARKS, '').replaceAll('đ', 'd');
const composed = (text) => text.normalize('NFC').toLowerCase();
const spaced = (text) => text.replace(/\s/g, ' ');
const squeezed = (text) => text.trim().replace(/\s+/g, ' ');
const visible = (text) => text.replaceAll('\r', '').replace(UNSAFE, '\ufffd')
  .replace(CONTROLS, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));

/** Where a search matches in the text as written: pairs of start and end in UTF-16 units. */
function matches(text, query) {
  if (!query) return [];
  const plain = fold(query);
  const exact = composed(query);
  const origins = [];
  let folded = '';
  // A letter and its combining marks fold together.
  for (const match of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    const piece = /^\s$/.test(match[0]) ? ' ' : fold(match[0]);
    for (let unit = 0; unit < piece.length; unit += 1) origins.push([match.index, match.index + match[0].length]);
    folded += piece;
  }
  const found = [];
  for (let at = folded.indexOf(plain); at >= 0; at = folded.indexOf(plain, at + plain.length)) {
    const [start, end] = [origins[at][0], origins[at + plain.length - 1][1]];
    if (isMeant(spaced(composed(text.slice(start, end))), plain, exact)) found.push([start, end]);
  }
  return found;
}

/** A search with diacritics finds them as typed, and words typed without any; one without finds both. */
const isMeant = (written, plain, exact) => plain === exact || written === exact || written === plain;

/** Say whether a text fits a search; quick, since most texts keep their length when folded. */
function fits(text, folded, plain, exact) {
  let at = folded.indexOf(plain);
  if (at < 0 || plain === exact) return at >= 0;
  const written = spaced(composed(text));
  if (written.length !== folded.length) return matches(text, exact).length > 0;
  for (; at >= 0; at = folded.indexOf(plain, at + 1)) {
    if (isMeant(written.slice(at, at + plain.length), plain, exact)) return true;
  }
  return false;
}

/** Percent for people: no model is sure, so neither 0 % nor 100 %. */
function percent(share) {
  if (share < 0.005) return '<1%';
  return share >= 0.995 ? '>99%' : `${Math.round(share * 100)}%`;
}

function csvCell(value) {
  let text = value === null || value === undefined ? '' : String(value);
  // A spreadsheet would run these as formulas.
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvTable = (rows) => `\ufeff${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
