// The points of the checklist as cards on a record, and as a list to pick from.

import { chip, part, set } from "./fill.js";
import * as round from "./round.js";
import { strip } from "./shots.js";
import { ago, english, say } from "./words.js";

export const catalogue = () => round.state()?.catalogue ?? [];
export const itemOf = (code) => catalogue().find((each) => each.code === code);

export function nameOf(code) {
  const item = itemOf(code);
  return item ? (english ? item.name_en : item.name) : code;
}

export function limitOf(code) {
  const item = itemOf(code);
  if (!item?.limit_kind) return false;
  return say("limit", { limit: say(`due.${item.limit_kind}`, { n: item.limit_value }) });
}

// What is open of a point at a shop, which a fault of the same point is taken to be seen again.
export const openAt = (number, code) =>
  (round.byNumber(number)?.open ?? []).find((each) => each.code === code && each.id) ?? null;

// Where an open finding stands, as a chip.
export function standing(open, now = new Date()) {
  const late = open.due_at && new Date(open.due_at) < now;
  return late ? chip("bad", say("state.overdue")) : chip("wait", say(`state.${open.state}`));
}

const pressed = (root, slot, on) => set(root, slot, { "aria-pressed": String(on) });

// A fault as a card: its photos, what may be said of it at a touch, and its words by choice.
export function card(view, draft, item) {
  const open = openAt(draft.number, item.code);
  const photos = [
    ...item.before.map((sha256) => ({ sha256, code: item.code, word: item.fixed ? say("shot.before") : null })),
    ...item.after.map((sha256) => ({ sha256, code: item.code, word: say("shot.after") })),
  ];
  const root = part("item", {
    name: nameOf(item.code),
    code: item.code,
    limit: limitOf(item.code),
    again: Boolean(item.again && open),
    again_line: open ? say("again.line", { name: nameOf(item.code), when: ago(open.opened_at) }) : false,
    photos: strip(view, photos),
    note_block: Boolean(item.note) || Boolean(item.writing),
    note: item.note || false,
  });
  const id = `note-${item.code}`;
  set(root, "note", { id, name: id, hidden: null });
  root.querySelector('[data-slot="note"]').value = item.note;
  set(root, "note_label", { for: id });
  root.dataset.code = item.code;
  pressed(root, "same", !item.separate);
  pressed(root, "separate", item.separate);
  pressed(root, "third", item.cause === "third_party");
  pressed(root, "fixed", item.fixed);
  pressed(root, "write", Boolean(item.note || item.writing));
  return root;
}

// A point to pick, with what is known of it here.
export function point(item, number) {
  const open = openAt(number, item.code);
  const root = part("point", {
    name: nameOf(item.code),
    code: item.code,
    limit: limitOf(item.code),
    state: open ? standing(open) : false,
  });
  set(root, "point", { "data-code": item.code });
  return root;
}
