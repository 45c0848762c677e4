// Words of the page in the reader's language, and elements.

let facts;
let language = document.documentElement.lang;

const word = (name, ...values) =>
  facts.words[language][name].replace(/\{(\d)\}/g, (_, position) => values[Number(position)]);
const label = (name) => facts.labels[language][name] ?? name;
const number = (value) => value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB');
const find = (id) => document.getElementById(id);

/** Make an element; strings become text, never HTML. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  setAll(made, properties);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function drawing(tag, properties = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAll(made, properties);
  made.append(...children);
  return made;
}

function setAll(target, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'style') for (const [key, content] of Object.entries(value)) target.style.setProperty(key, content);
    else if (name.startsWith('on')) target.addEventListener(name.slice(2), value);
    else if (value === true) target.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) target.setAttribute(name, value);
  }
}

/** Write the words of the template's elements. */
function translate() {
  document.documentElement.lang = language;
  for (const target of document.querySelectorAll('[data-word]')) target.textContent = word(target.dataset.word);
  for (const target of document.querySelectorAll('[data-label]')) target.setAttribute('aria-label', word(target.dataset.label));
  for (const target of document.querySelectorAll('[data-title]')) {
    target.title = word(target.dataset.title);
    target.setAttribute('aria-label', target.title);
  }
  for (const target of document.querySelectorAll('[data-placeholder]')) {
    target.placeholder = word(target.dataset.placeholder);
    target.setAttribute('aria-label', target.placeholder);
  }
}
