// One vault per account on this phone: what a patroller keeps here can be read with the PIN alone.
//
// The content key is in memory while the vault is open, and nowhere in clear. Ten wrong PINs
// destroy the copy that the PIN opens: from then on only the desk can read what is left, and the
// queue hands it over. Signing out locks; it forgets nothing.

import * as keys from "./keys.js";
import { call, expect } from "./net.js";
import { Refusal } from "./refusal.js";
import { PARTS, all, drop, get, ofDevice, write } from "./store.js";

const MOST_TRIES = 10;
const IDLE_MS = 15 * 60_000;
const CHECK_MS = 20_000;
const UNLOCKED = "menqian-unlocked";
const utf8 = { to: new TextEncoder(), from: new TextDecoder() };

/** "unlock", "lock", "change" (of what `list` says) and "destroyed" (a PIN's copy). */
export const events = new EventTarget();
const tell = (name) => events.dispatchEvent(new Event(name));

let held = null; // {row, key, release}
let calm = Promise.resolve();
let activeAt = 0;

export const rows = () => all("vaults");
export const rowOf = (device) => get("vaults", device);

/** The vault of an account: the one that a PIN opens, else one that waits to be handed over. */
async function ofAccount(account) {
  const found = (await rows()).filter((each) => each.account === account);
  return found.find((each) => each.pin) ?? found[0] ?? null;
}

/** Changes some fields of a vault's row; nothing when it is gone. */
export function patch(device, changes) {
  return write(["vaults"], async ({ store }) => {
    const row = await store.get(device);
    if (row) await store.put({ ...row, ...changes });
  });
}

const shown = ({ account, name, role, device }) => ({ account, name, role, device });

/** Returns [{account, name, role, device, locked, destroyed}], one for each account. */
export async function list() {
  const found = new Map();
  for (const row of await rows()) {
    if (!found.get(row.account)?.pin) found.set(row.account, row);
  }
  return [...found.values()].map((row) => ({
    ...shown(row),
    locked: held?.row.device !== row.device,
    destroyed: !row.pin,
  }));
}

export const current = () => (held ? shown(held.row) : null);

/** What is open, with its key; throws Refusal `locked`. */
export function opened() {
  if (!held) throw new Refusal("locked");
  return { ...held.row, key: held.key };
}

async function nameOfPhone() {
  const told = navigator.userAgentData;
  const { model } = (await told?.getHighEntropyValues?.(["model"]).catch(() => ({}))) ?? {};
  const parts = [model, told?.platform ?? navigator.platform].filter(Boolean);
  return parts.join(" · ").slice(0, 64) || "–";
}

/** Makes the server know the device; the same again does no harm. */
export async function register(row) {
  const { signingPublic: signing_key, server: content_key } = row;
  const told = { name: await nameOfPhone(), signing_key, content_key };
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify(told);
  const how = { body, headers, as: row.account };
  expect(await call("PUT", `/api/v1/devices/${row.device}`, how), 201);
}

const pinLabel = (device) => `menqian/pin/${device}`;

async function guarded(browser, device, raw, pin) {
  const wrapped = await keys.wrapWithPin(raw, pin);
  return keys.sealBytes(browser, pinLabel(device), utf8.to.encode(wrapped));
}

/**
 * Makes a vault and opens it; needs the server once, for its public key. A network that fails while
 * the device is registered is no failure: the next visit does it (device.js). Throws Refusal
 * `enrolled` for an account that has a vault here, or what the network or the server said.
 */
export async function enrol({ account, name, role, pin }) {
  if ((await ofAccount(account))?.pin) throw new Refusal("enrolled");
  const serverKey = expect(await call("GET", "/api/v1/devices/key"), 200);
  const device = keys.hex(keys.random(16));
  const raw = keys.random(32);
  const browser = await keys.browserKey();
  const row = {
    device,
    account,
    name,
    role,
    browser,
    ...(await keys.signingPair()),
    pin: await guarded(browser, device, raw, pin),
    server: await keys.wrapForServer(raw, serverKey),
    tries: 0,
    nextOrder: 1,
    nextOf: {},
    lastSentAt: null,
    offsetMs: null,
  };
  await write(["vaults"], async ({ store }) => {
    const others = await store.getAll(); // Another tab may have been quicker.
    if (others.some((each) => each.account === account && each.pin)) throw new Refusal("enrolled");
    await store.add(row);
  });
  try {
    await register(row);
  } catch (error) {
    if (!["offline", "portal", "server", "later"].includes(error.code)) {
      await drop("vaults", device);
      throw error;
    }
  }
  await navigator.storage?.persist?.();
  await begin(row, raw);
  tell("change");
  return current();
}

/** Opens a vault. Throws Refusal `wrong_pin` with the tries `left`, or `pin_destroyed`. */
export async function unlock(account, pin) {
  const found = await ofAccount(account);
  if (!found) throw new Refusal("unknown_account");
  const raw = await tried(found.device, pin);
  await begin(await rowOf(found.device), raw);
  return current();
}

// A try is counted before it is made: closing the tab gives none back.
async function tried(device, pin) {
  const row = await write(["vaults"], async ({ store }) => {
    const now = await store.get(device);
    if (!now?.pin) throw new Refusal("pin_destroyed");
    const counted = { ...now, tries: now.tries + 1 };
    await store.put(counted);
    return counted;
  });
  const guardedPin = await keys.openBytes(row.browser, pinLabel(device), row.pin);
  const raw =
    row.tries > MOST_TRIES ? null : await keys.unwrapWithPin(utf8.from.decode(guardedPin), pin);
  if (raw) {
    await patch(device, { tries: 0 });
    return raw;
  }
  if (row.tries < MOST_TRIES) throw new Refusal("wrong_pin", { left: MOST_TRIES - row.tries });
  await destroyPin(device);
  throw new Refusal("pin_destroyed");
}

/** Destroys the PIN's copy and locks the vault in every tab: from now on nothing is added to it. */
export async function close(device, changes = {}) {
  await patch(device, { ...changes, pin: null, browser: null });
  shut(device);
}

async function destroyPin(device) {
  await close(device);
  tell("change");
  tell("destroyed");
}

/** Gives up on a forgotten PIN: what is here goes to the desk, and the account may enrol anew. */
export async function abandon(account) {
  const row = await ofAccount(account);
  if (!row) return;
  await destroyPin(row.device);
}

/** Sets another PIN for the open vault. Throws as `unlock` does. */
export async function change(pinOld, pinNew) {
  const { device } = opened();
  const raw = await tried(device, pinOld);
  const row = await rowOf(device);
  await patch(device, { pin: await guarded(row.browser, device, raw, pinNew) });
  raw.fill(0);
}

async function begin(row, raw) {
  lock({ quietly: true });
  const key = await keys.contentKey(raw);
  let release;
  const locked = new Promise((resolve) => {
    release = resolve;
  });
  // While any tab has a vault open, a new version of the worker waits (updates.js).
  calm = navigator.locks.request(UNLOCKED, { mode: "shared" }, () => locked);
  held = { row, key, release };
  activeAt = Date.now();
  tell("unlock");
}

const channel = new BroadcastChannel("menqian-vault");
channel.addEventListener("message", ({ data: device }) => {
  if (!device || held?.row.device === device) lock({ quietly: true });
});

// Locks one vault in every tab, and leaves another that is open alone.
function shut(device) {
  channel.postMessage(device);
  if (held?.row.device === device) lock({ quietly: true });
}

/** Closes the vault in every tab; unsent records stay, sealed. */
export function lock({ quietly = false } = {}) {
  if (!quietly) channel.postMessage(null);
  if (!held) return;
  held.release();
  held = null;
  tell("lock");
}

function lockWhenIdle() {
  // Each tab by its own clock: another may be in use.
  if (held && Date.now() - activeAt >= IDLE_MS) lock({ quietly: true });
}

if (typeof document !== "undefined") {
  const active = () => {
    lockWhenIdle();
    activeAt = Date.now();
  };
  for (const name of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(name, active, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", lockWhenIdle);
  setInterval(lockWhenIdle, CHECK_MS);
}

/** Resolves when this tab has let go of what an open vault holds. */
export const released = () => calm;

/** Seals an object, Uint8Array or Blob for whoever gives the same label; throws `locked`. */
export async function seal(label, value) {
  const { key } = opened();
  const as = value instanceof Blob ? "blob" : value instanceof Uint8Array ? "bytes" : "json";
  const plain = {
    blob: async () => new Uint8Array(await value.arrayBuffer()),
    bytes: () => value,
    json: () => utf8.to.encode(JSON.stringify(value)),
  };
  const whole = await keys.sealBytes(key, label, await plain[as]());
  const type = as === "blob" ? value.type : undefined;
  return { v: 1, as, type, iv: whole.slice(0, 12), data: whole.slice(12) };
}

/** Returns what was sealed, as the same kind of thing; throws `locked`. */
export async function open(label, sealed) {
  const { key } = opened();
  const whole = new Uint8Array(sealed.iv.length + sealed.data.length);
  whole.set(sealed.iv);
  whole.set(sealed.data, sealed.iv.length);
  const plain = await keys.openBytes(key, label, whole);
  if (sealed.as === "json") return JSON.parse(utf8.from.decode(plain));
  return sealed.as === "blob" ? new Blob([plain], { type: sealed.type }) : plain;
}

/**
 * Deletes one vault with all that is sealed in it and returns true; with `emptied`, false and
 * nothing deleted while a record is there that has not been handed over.
 */
export async function remove(device, { farewell = null, emptied = false } = {}) {
  shut(device); // None may show what is not here any more.
  const stores = ["vaults", "items", "farewells", ...PARTS];
  const removed = await write(stores, async (transaction) => {
    const store = (name) => transaction.objectStore(name);
    const items = await store("items").index("place").getAll(ofDevice(device));
    if (emptied && items.some((row) => row.full && row.state !== "handed_over")) return false;
    await Promise.all([
      ...items.map(({ id }) => store("items").delete(id)),
      ...PARTS.map((name) => store(name).delete(ofDevice(device))),
      ...(farewell ? [store("farewells").put({ device, farewell })] : []),
      store("vaults").delete(device),
    ]);
    return true;
  });
  tell("change");
  return removed;
}

/** Deletes every vault of an account, unsent records too. */
export async function forget(account) {
  for (const row of await rows()) if (row.account === account) await remove(row.device);
}
