// What a round says of its shops: who needs a visit, in which order to go, what to mind at a door.
// Pure: shops as the server sends them (routes/api_rounds.py), instants handed in, codes handed out.

const DAY = 86_400_000;
const SHIFT = DAY / 3; // The same person twice within a shift.
const EARTH_M = 6_371_000;
const VISITS = new Set(["patrol", "inspection"]);
const byNumbers = new Intl.Collator("zh-CN", { numeric: true });

export const instant = (when) => (when === null || when === undefined ? null : new Date(when).getTime());
const since = (when, now) => (when === null ? null : now - instant(when));
const later = (one, other) => ((instant(one) ?? -1) < (instant(other) ?? -1) ? other : one);

/**
 * Returns {overdue, open, never, due, days, left}: findings past their day and not ended; whether
 * nobody ever came; whether a visit is due; whole days since one's own side came (null: never) and
 * until it should again (negative: late). "Own side" is lane chiefs, or the team.
 */
export function need(shop, now) {
  const at = instant(now);
  const gone = since(shop.ours, at);
  const days = gone === null ? null : Math.max(0, Math.floor(gone / DAY));
  return {
    overdue: shop.open.filter((each) => each.due_at !== null && instant(each.due_at) < at).length,
    open: shop.open.length,
    never: shop.seen === null,
    due: gone === null || gone > shop.every * DAY,
    days,
    left: days === null ? null : shop.every - days,
  };
}

/** Metres from a {lat, lng} to a shop's door; null where one of the two is not known. */
export function distance(from, shop) {
  if (!from || shop.lat === null || shop.lng === null) return null;
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const north = radians(shop.lat - from.lat);
  const east = radians(shop.lng - from.lng) * Math.cos(radians((shop.lat + from.lat) / 2));
  return Math.round(EARTH_M * Math.hypot(north, east));
}

const far = (value) => value ?? Infinity;
const byPlace = (a, b) =>
  byNumbers.compare(a.laneName, b.laneName) ||
  byNumbers.compare(a.addr, b.addr) ||
  byNumbers.compare(a.n, b.n);

const ORDERS = {
  // Overdue findings, then doors nobody has visited, then what is latest for its own rhythm.
  need: (a, b) =>
    b.need.overdue - a.need.overdue ||
    b.need.never - a.need.never ||
    far(b.need.days) / b.every - far(a.need.days) / a.every ||
    byPlace(a, b),
  near: (a, b) => far(a.away) - far(b.away) || byPlace(a, b),
  lane: byPlace,
};

/** Returns the shops with `need` and `away` (metres or null), by "need", "near" or "lane". */
export function sorted(shops, by, { position = null, now }) {
  const told = shops.map((shop) => {
    return { ...shop, need: need(shop, now), away: distance(position, shop) };
  });
  // Infinity minus Infinity is no number, and a comparison that is none leaves the next to decide.
  return told.sort((a, b) => ORDERS[by](a, b) || 0);
}

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s\-‐-―_·]/gu, "");

/** Returns the shops that `text` is part of the number, name, pinyin initials or address of. */
export function find(shops, text) {
  const wanted = plain(text);
  if (!wanted) return [];
  const rank = (shop) => {
    const number = plain(shop.n);
    const name = plain(shop.name);
    if (number === wanted || name === wanted) return 0;
    if (name.startsWith(wanted) || shop.py.startsWith(wanted)) return 1;
    if (name.includes(wanted) || shop.py.includes(wanted)) return 2;
    if (number.includes(wanted)) return 3;
    return plain(shop.addr).includes(wanted) ? 4 : null;
  };
  return shops
    .map((shop) => ({ shop, rank: rank(shop) }))
    .filter((each) => each.rank !== null)
    .sort((a, b) => a.rank - b.rank || byPlace(a.shop, b.shop))
    .map((each) => each.shop);
}

/**
 * Returns what to mind before a record of `kind` is begun, as codes; none of them forbids it.
 *
 * "seen_by_you_recently": the same person within a shift. "too_soon": half of the days between two
 * visits have not passed, nor a day at least, and nothing is overdue or waits for a re-check.
 * "cap_reached", "last_allowed": inspections of this year, by the plan's cap or the colour's.
 * "no_plan": no plan is in force for an inspection.
 */
export function warnings(shop, kind, now, { plans = [], plan = null } = {}) {
  const at = instant(now);
  const found = [];
  const mine = since(shop.by_me, at);
  const ours = since(shop.ours, at);
  const called = need(shop, at).overdue > 0 || shop.open.some((each) => each.state === "claimed");
  if (mine !== null && mine < SHIFT) found.push("seen_by_you_recently");
  else if (ours !== null && !called && ours < Math.max(DAY, (shop.every * DAY) / 2)) {
    found.push("too_soon");
  }
  if (kind === "inspection") {
    const cap = plans.find((each) => each.ref === plan)?.cap ?? shop.cap;
    if (shop.insp >= cap) found.push("cap_reached");
    else if (shop.insp + 1 === cap) found.push("last_allowed");
    if (!plans.length) found.push("no_plan");
  }
  return found;
}

/** Returns what a record that was just made here says of its shop, or null if it is no visit. */
export function noteOf(record) {
  const body = typeof record.body === "string" ? JSON.parse(record.body) : record.body;
  if (record.kind === "suspect_code" || !VISITS.has(body.kind)) return null;
  const own = (item) => item.result === "fault" && !item.fixed_on_spot && !item.again;
  const faults = (body.items ?? []).filter(own).map((item) => {
    return { code: item.code, photo: (item.photos ?? []).length > 0 };
  });
  return { id: record.id, n: record.shop.number, at: body.observed_at, kind: body.kind, faults };
}

/** Whether the server's own word of the shop has caught up with a note. */
export function isKnown(note, shop) {
  return !shop || (shop.by_me !== null && instant(shop.by_me) >= instant(note.at));
}

/** Returns a shop with the notes of visits made here since: they count at once. */
export function withNotes(shop, notes) {
  return notes.reduce((told, note) => {
    const known = new Set(told.open.map((each) => each.code));
    const added = note.faults
      .filter((each) => !known.has(each.code))
      .map((each) => {
        const { code, photo } = each;
        return { id: null, code, state: "here", due_at: null, opened_at: note.at, photo, here: true };
      });
    return {
      ...told,
      seen: later(told.seen, note.at),
      ours: later(told.ours, note.at),
      by_me: later(told.by_me, note.at),
      insp: told.insp + (note.kind === "inspection" ? 1 : 0),
      open: [...told.open, ...added],
    };
  }, shop);
}
