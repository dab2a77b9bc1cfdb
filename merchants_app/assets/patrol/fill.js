// Screens and their parts are <template>s of the page, in the reader's language. A place to be filled
// is marked data-slot="name"; words arrive there as text and never as markup.

// A fresh copy of a template's one element (a part), or of all it holds (a screen).
export function clone(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no template ${id}`);
  const copy = found.content.cloneNode(true);
  return copy.childElementCount === 1 ? copy.firstElementChild : copy;
}

// Values by slot: text or a number is written, a node or a list of nodes is put in, true shows what
// is there, and false, null, undefined or an empty list hides the place.
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const places = [...root.querySelectorAll(`[data-slot="${name}"]`)];
    if (root.dataset?.slot === name) places.unshift(root);
    for (const place of places) put(place, value);
  }
  return root;
}

function put(place, value) {
  const nothing = value === false || value === null || value === undefined || value === "";
  place.hidden = nothing || (Array.isArray(value) && !value.length);
  if (place.hidden || value === true) return;
  if (Array.isArray(value)) place.replaceChildren(...value);
  else if (value instanceof Node) place.replaceChildren(value);
  else if ("value" in place && place.localName !== "button" && place.localName !== "li") {
    place.value = value;
  } else place.textContent = String(value);
}

// A part, filled.
export const part = (id, values = {}) => fill(clone(`part-${id}`), values);

// A state as its word behind the shape that goes with the tone: good, wait, bad, off, info.
export const chip = (tone, text) => part(`status-${tone}`, { text });

// Attributes of the element in a slot; null takes one away.
export function set(root, name, attributes) {
  for (const place of root.querySelectorAll(`[data-slot="${name}"]`)) {
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === false) place.removeAttribute(key);
      else place.setAttribute(key, value === true ? "" : value);
    }
  }
}
