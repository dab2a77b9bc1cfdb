// The home of the app: what needs a visit most, every shop of the round, and the way to the camera.

import { chip, part, set } from "../fill.js";
import * as drafts from "../drafts.js";
import * as place from "../place.js";
import { me, shownAs } from "../person.js";
import { queue } from "../queue.js";
import * as round from "../round.js";
import { ago, daysSince, distance, lately, moment, number, say } from "../words.js";

const STEP = 30;
const OLD_DAYS = 1;
const NEEDS = ["overdue", "due", "never", "open"];

// Kept while the app is open: coming back from a door finds the list as it was.
const chosen = { need: null, order: "need", text: "", shown: STEP };

const wants = {
  overdue: (need) => need.overdue > 0,
  due: (need) => need.due,
  never: (need) => need.never,
  open: (need) => need.open > 0,
};

function stateOf(need) {
  if (need.overdue) return chip("bad", say("need.overdue", { n: need.overdue }));
  if (need.open) return chip("wait", say("need.open", { n: need.open }));
  if (need.never) return chip("info", say("need.never"));
  if (need.due) return chip("info", say("need.due"));
  return false;
}

export function stopOf(shop, now) {
  const far = shop.away ?? null;
  const row = part("stop", {
    name: shop.name,
    seen: shop.seen ? say("seen", { when: ago(shop.seen, now) }) : say("seen.never"),
    far_part: far !== null,
    far: far === null ? false : distance(far),
    addr: shop.addr,
    state: stateOf(shop.need ?? round.need(shop, now)),
  });
  set(row, "name", { href: `#shop=${encodeURIComponent(shop.n)}&scan=list` });
  return row;
}

function draftRow({ id, at, draft }) {
  const row = part("draft", { name: draft.name || draft.number || say("kind.suspect_code"), at: moment(at) });
  set(row, "resume", { href: `#${drafts.screenOf(draft)}` });
  set(row, "drop", { "data-id": id });
  return row;
}

function drawRow(draw) {
  const gone = (shop) => shop.by_me && new Date(shop.by_me) >= new Date(draw.made_at);
  const left = round.drawn(draw.id).filter((shop) => !gone(shop)).length;
  const row = part("draw", { title: draw.title, line: say("draw_line", { n: draw.shops.length, left }) });
  set(row, "link", { href: `#draw=${encodeURIComponent(draw.id)}` });
  return row;
}

function list(view) {
  const now = new Date();
  const at = place.known();
  const found = chosen.text ? new Set(round.find(chosen.text).map((each) => each.n)) : null;
  const all = round.sorted(chosen.order, { position: at, now });
  const wanted = all.filter(
    (shop) => (!found || found.has(shop.n)) && (!chosen.need || wants[chosen.need](shop.need)),
  );
  const counts = Object.fromEntries(NEEDS.map((name) => {
    const count = all.filter((shop) => wants[name](shop.need)).length;
    return [`count_${name}`, number(count)];
  }));
  view.fill({
    ...counts,
    found: wanted.length === all.length ? say("found", { n: number(all.length) })
      : say("found_of", { n: number(wanted.length), all: number(all.length) }),
    stops: wanted.slice(0, chosen.shown).map((shop) => stopOf(shop, now)),
    none: !wanted.length && all.length > 0,
    more: wanted.length > chosen.shown,
  });
  for (const key of view.root.querySelectorAll('[data-do="need"]')) {
    key.setAttribute("aria-pressed", String(key.dataset.value === chosen.need));
  }
  for (const key of view.root.querySelectorAll('[data-do="order"]')) {
    key.setAttribute("aria-pressed", String(key.dataset.value === chosen.order));
  }
}

function about(view) {
  const { takenAt = null, draws = [] } = round.state() ?? {};
  const now = new Date();
  const count = round.shops().length;
  view.fill({
    who: shownAs(me()),
    taken: takenAt ? say("taken", { when: moment(takenAt), n: number(count) }) : say("taken.never"),
    old: Boolean(takenAt) && daysSince(takenAt) >= OLD_DAYS,
    old_line: takenAt ? say("old", { when: ago(takenAt) }) : false,
    tally: count > 0,
    draws_block: draws.length > 0,
    draws: draws.map(drawRow),
  });
}

async function unfinished(view) {
  const left = await drafts.begun();
  const { conflicts = 0, refused = 0 } = await queue.status();
  view.fill({
    draft_note: left.length > 0,
    drafts: left.map(draftRow),
    trouble: conflicts + refused > 0,
    trouble_line: say("trouble", { n: conflicts + refused }),
  });
}

async function refresh(view) {
  view.fill({ taken: say("taken.working") });
  try {
    const { added, changed, gone } = await round.refresh();
    about(view);
    list(view);
    const moved = added.length + changed.length + gone.length;
    announce(moved ? say("taken.changed", { n: moved }) : say("taken.same"));
  } catch {
    about(view);
    announce(say("taken.offline"));
  }
}

function announce(text) {
  document.getElementById("said").textContent = text;
}

export async function home(view) {
  about(view);
  await unfinished(view);
  list(view);
  view.field("find").value = chosen.text;
  view.listen(view.field("find"), "input", ({ target }) => {
    Object.assign(chosen, { text: target.value.trim(), shown: STEP });
    list(view);
  });
  view.on("need", ({ value }) => {
    Object.assign(chosen, { need: chosen.need === value ? null : value, shown: STEP });
    list(view);
  });
  view.on("order", async ({ value }) => {
    Object.assign(chosen, { order: value, shown: STEP });
    if (value === "near") await place.now();
    list(view);
  });
  view.on("more", () => {
    chosen.shown += STEP;
    list(view);
  });
  view.on("refresh", () => refresh(view));
  view.on("drop", async ({ id }) => {
    await drafts.drop(id);
    await unfinished(view);
  });
  view.listen(round.events, "change", () => {
    about(view);
    list(view);
  });
  if (await place.granted()) place.begin(() => list(view));
}

export function draw(view, id) {
  const found = (round.state()?.draws ?? []).find((each) => each.id === id);
  if (!found) return "home";
  const now = new Date();
  const shops = round.drawn(id);
  view.fill({
    title: found.title,
    line: `${say("found", { n: found.shops.length })} · ${lately(found.made_at, now)}`,
    seed: found.seed,
    stops: shops.map((shop) => stopOf(shop, now)),
  });
  return null;
}
