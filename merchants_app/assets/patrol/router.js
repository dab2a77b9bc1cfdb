// Which screen is shown. The address after # names it and what it is about: `#door=TOKEN&scan=camera`.
// Going on and back are therefore the browser's own, and a reload opens the same screen again.

import { clone, fill, set } from "./fill.js";

const screens = new Map();
let gate = () => null;
let ticket = 0;
let leaving = [];
let shown = "";

// Tells how a screen is opened: `open(view, about, params)`, which may take its time; `free` ones
// are shown to whoever holds the phone. `template` where it looks like another one.
export const screen = (name, open, { free = false, template = name } = {}) =>
  screens.set(name, { open, free, template });

// Asked before every screen that is not free: the name of another one to show instead, or null.
export const guard = (asked) => { gate = asked; };

export const current = () => shown;

// Shows another screen; `replace` leaves no way back to this one.
export function go(hash, { replace = false } = {}) {
  const target = hash.startsWith("#") ? hash : `#${hash}`;
  if (location.hash === target) return show();
  if (replace) {
    history.replaceState(null, "", target);
    return show();
  }
  location.hash = target; // hashchange shows it
  return undefined;
}

// What a screen works with: its elements, and what happens on them.
class View {
  constructor(template) {
    this.root = document.createElement("div");
    this.root.className = "screen";
    this.root.append(clone(`screen-${template}`));
    this.gone = [];
    this.handlers = {};
    this.root.addEventListener("click", (event) => this.#press(event));
  }

  #press(event) {
    const pressed = event.target.closest("[data-do]");
    const handler = pressed && this.handlers[pressed.dataset.do];
    if (!handler || pressed.disabled || pressed.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    handler(pressed.dataset, pressed);
  }

  // What happens when something marked data-do="name" is pressed; gets its dataset.
  on(name, handler) { this.handlers[name] = handler; return this; }

  // What is undone when the screen is left.
  leave(undo) { this.gone.push(undo); return this; }

  listen(target, type, listener) {
    target.addEventListener(type, listener);
    return this.leave(() => target.removeEventListener(type, listener));
  }

  fill(values) { fill(this.root, values); return this; }
  set(name, attributes) { set(this.root, name, attributes); return this; }
  slot(name) { return this.root.querySelector(`[data-slot="${name}"]`); }
  field(name) { return this.root.querySelector(`[name="${name}"]`); }
}

// Opens what the address names. A screen that takes its time is dropped when another was asked for.
export async function show() {
  const mine = ++ticket;
  const params = new URLSearchParams(location.hash.slice(1));
  let [name = "home", about = ""] = params.entries().next().value ?? [];
  if (!screens.has(name)) [name, about] = ["home", ""];
  if (!screens.get(name).free) name = (await gate()) ?? name;
  for (const undo of leaving.splice(0)) undo();
  const view = new View(screens.get(name).template);
  leaving = view.gone;
  const led = await screens.get(name).open(view, about, params);
  if (mine !== ticket) return view.gone.splice(0).forEach((undo) => undo());
  if (led) return go(led, { replace: true });
  put(view, name);
  return undefined;
}

function put(view, name) {
  shown = name;
  const main = document.getElementById("main");
  main.replaceChildren(view.root);
  document.body.dataset.screen = name;
  const heading = main.querySelector("h1");
  document.title = `${heading?.textContent.trim() ?? ""} - ${document.body.dataset.title}`;
  window.scrollTo(0, 0);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

window.addEventListener("hashchange", () => show());
