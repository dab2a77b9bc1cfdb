// The round that the phone takes along: one sealed piece, kept current by difference.
//
// What the phone knows it names with the marks it was given; the server answers with whatever has
// another one. A record made here counts at once, until the server has it too.

import { call, expect } from "./net.js";
import { Refusal } from "./refusal.js";
import * as rules from "./round-rules.js";
import { keep, kept } from "./store.js";
import * as vault from "./vault.js";

const NAME = "round";
const FORM = 1; // Another form than this is taken anew.
const NOTES_LAST = 7 * 86_400_000;
const EMPTY = { form: FORM, takenAt: null, edition: "", catalogue: [], shops: {}, notes: [] };

/** "change" when shops or lists have changed. */
export const events = new EventTarget();

let held = null; // {device, round, shops, tokens}: the open round and what is worked out of it.
vault.events.addEventListener("lock", () => {
  held = null;
});

function owner() {
  const current = vault.current();
  if (!current) throw new Refusal("locked");
  return current;
}

const labelOf = (device) => `menqian/1/${device}/${NAME}`;

async function opened(device) {
  const sealed = await kept(device, NAME);
  if (!sealed) return EMPTY;
  const round = await vault.open(labelOf(device), sealed);
  return round.form === FORM ? round : EMPTY;
}

function hold(device, round) {
  const names = Object.fromEntries((round.lanes ?? []).map((lane) => [lane.id, lane.name]));
  const notes = new Map();
  for (const note of round.notes) notes.set(note.n, [...(notes.get(note.n) ?? []), note]);
  const shops = Object.values(round.shops).map((shop) => {
    const named = { ...shop, laneName: names[shop.lane] ?? "" };
    return rules.withNotes(named, notes.get(shop.n) ?? []);
  });
  const tokens = new Map();
  for (const shop of shops) {
    for (const token of shop.w) tokens.set(token.toUpperCase(), { shop, standing: "withdrawn" });
  }
  for (const shop of shops) {
    if (shop.t) tokens.set(shop.t.toUpperCase(), { shop, standing: "current" });
  }
  held = { device, round, shops, tokens };
}

// One change at a time over all tabs, on what is in the store by then.
function change(work) {
  const { device } = owner();
  return navigator.locks.request(`menqian-${NAME}`, async () => {
    const before = await opened(device);
    const { round, result } = work(before);
    await keep(device, NAME, await vault.seal(labelOf(device), round));
    if (vault.current()?.device === device) hold(device, round);
    events.dispatchEvent(new Event("change"));
    return result;
  });
}

/** Opens what is kept on this phone; returns `state()`, or null when there is no round yet. */
export async function load() {
  const { device } = owner();
  hold(device, await opened(device));
  return state();
}

/**
 * Fetches what has changed; returns {added, changed, gone}, lists of door numbers. Throws as
 * net.call does, and Refusal `other_account` when somebody else is signed in on this phone.
 */
export async function refresh() {
  const { device, account } = owner();
  const { shops, edition } = await opened(device);
  const known = Object.fromEntries(Object.values(shops).map((shop) => [shop.n, shop.mark]));
  const body = JSON.stringify({ known, edition });
  const headers = { "Content-Type": "application/json" };
  const told = expect(await call("POST", "/api/v1/round", { body, headers }), 200);
  if (told.me.account !== account) throw new Refusal("other_account");
  return change((before) => merged(before, told));
}

function merged(before, told) {
  const shops = { ...before.shops };
  for (const number of told.gone) delete shops[number];
  for (const shop of told.shops) shops[shop.n] = shop;
  const oldest = rules.instant(told.server_time) - NOTES_LAST;
  const notes = before.notes.filter((note) => {
    return !rules.isKnown(note, shops[note.n]) && rules.instant(note.at) > oldest;
  });
  const round = {
    form: FORM,
    takenAt: told.taken_at,
    edition: told.edition,
    catalogue: told.catalogue ?? before.catalogue,
    me: told.me,
    host: told.host,
    lanes: told.lanes,
    draws: told.draws,
    plans: told.plans,
    frequent: told.frequent,
    shops,
    notes,
  };
  const changed = (shop) => before.shops[shop.n] && before.shops[shop.n].mark !== shop.mark;
  const numbersOf = (list) => list.map((shop) => shop.n);
  const result = {
    added: numbersOf(told.shops.filter((shop) => !before.shops[shop.n])),
    changed: numbersOf(told.shops.filter(changed)),
    gone: told.gone.filter((number) => before.shops[number]),
  };
  return { round, result };
}

/** What is not about one shop; null before the first round was taken. */
export function state() {
  if (!held || held.round.takenAt === null) return null;
  const { takenAt, edition, catalogue, me, host, lanes, draws, plans, frequent } = held.round;
  return { takenAt, edition, catalogue, me, host, lanes, draws, plans, frequent };
}

/** Every shop, with what was noted here since. */
export const shops = () => held?.shops ?? [];

/** {shop, standing: "current" | "withdrawn"} of a door code in any letter case, or null. */
export const byToken = (token) => held?.tokens.get(token.toUpperCase()) ?? null;

export const byNumber = (number) => shops().find((shop) => shop.n === number) ?? null;

/** The shops of a draw that fall to this person, in the order in which they were drawn. */
export function drawn(id) {
  const draw = held?.round.draws?.find((each) => each.id === id);
  return (draw?.shops ?? []).map(byNumber).filter(Boolean);
}

export const find = (text) => rules.find(shops(), text);
export const sorted = (by, { position = null, now = Date.now() } = {}) =>
  rules.sorted(shops(), by, { position, now });
export const need = rules.need;

/** As round-rules.js says; `plan` is the reference of the plan that is chosen, if one is. */
export const warnings = (shop, kind, now = Date.now(), plan = null) =>
  rules.warnings(shop, kind, now, { plans: held?.round.plans ?? [], plan });

/** Counts a record that was just made here: {id, kind, body, shop: {number}}; nothing else is kept. */
export async function note(record) {
  const made = rules.noteOf(record);
  if (!made) return;
  await change((before) => {
    const others = before.notes.filter((each) => each.id !== made.id);
    return { round: { ...before, notes: [...others, made] } };
  });
}
