// The phone's one database: sealed bytes, and of a person no more than account, sign-in name and
// role.
//
// A write has ended when it would survive the phone being switched off ("strict"). A browser may
// close the connection whenever it likes; the next use opens it again. Steps only ever add, so a
// queue made by an earlier version is found by every later one.

import { openDB } from "idb";

import { Refusal } from "./refusal.js";

export const NAME = "menqian";

const STEPS = [
  function queue(db) {
    db.createObjectStore("vaults", { keyPath: "device" });
    const items = db.createObjectStore("items", { keyPath: "id" });
    items.createIndex("place", ["device", "order"], { unique: true });
    items.createIndex("photo", "photos", { multiEntry: true });
    db.createObjectStore("contents", { keyPath: ["device", "id"] });
    db.createObjectStore("photos", { keyPath: ["device", "sha256"] });
    db.createObjectStore("drafts", { keyPath: ["device", "id"] });
  },
  function round(db) {
    db.createObjectStore("kept", { keyPath: ["device", "name"] });
    db.createObjectStore("farewells", { keyPath: "device" });
  },
];

/** The stores whose keys begin with the device. */
export const PARTS = ["contents", "photos", "drafts", "kept"];

let opened = null;

function open() {
  const forget = () => {
    opened = null;
  };
  const opening = openDB(NAME, STEPS.length, {
    upgrade: (db, from) => STEPS.slice(from).forEach((step) => step(db)),
    // Another tab runs a newer version: let it have the database.
    blocking: (_now, _wanted, event) => {
      event.target.close();
      forget();
    },
    terminated: forget,
  });
  return opening.catch((error) => {
    forget();
    throw error.name === "VersionError" ? new Refusal("outdated") : error;
  });
}

async function begin(stores, mode) {
  for (const last of [false, true]) {
    opened ??= open();
    const db = await opened;
    try {
      return db.transaction(stores, mode, { durability: "strict" });
    } catch (error) {
      if (last || error.name !== "InvalidStateError") throw error;
      opened = null;
    }
  }
}

/**
 * Runs `work(transaction)` as one transaction and returns its result once that is on the disk.
 * `work` awaits nothing but the transaction's own requests. Throws Refusal `no_space`, and that
 * only after the reserve has been given up too, unless the write is `bulky`.
 */
export async function write(stores, work, { bulky = false } = {}) {
  try {
    return await once(stores, work);
  } catch (error) {
    if (error.code !== "no_space" || bulky || !(await spendReserve())) throw error;
    return once(stores, work);
  }
}

async function once(stores, work) {
  const transaction = await begin(stores, "readwrite");
  const ended = transaction.done.then(
    () => null,
    (error) => error ?? new Error("aborted"),
  );
  let result;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended by itself.
    }
    throw asRefusal((await ended) ?? error, error);
  }
  const error = await ended;
  if (error) throw asRefusal(error, error);
  return result;
}

function asRefusal(ending, error) {
  const full = [ending, error].some((each) => each?.name === "QuotaExceededError");
  return full ? new Refusal("no_space") : error;
}

// Browsers do not say how much room is left, so some is held: given up when a text would not fit.
// It is noise, since a browser may compress what it stores.

const RESERVE = ["", "reserve"];
const RESERVE_BYTES = 2 * 1024 * 1024;

async function spendReserve() {
  if (!(await reserved())) return false;
  await once(["kept"], ({ store }) => store.delete(RESERVE));
  return true;
}

const reserved = async () => (await read(["kept"], ({ store }) => store.count(RESERVE))) > 0;

/** Lays the reserve by, if it is not there; returns whether it is. */
export async function layReserve() {
  if (await reserved()) return true;
  const sealed = new Uint8Array(RESERVE_BYTES);
  for (let at = 0; at < RESERVE_BYTES; at += 65_536) {
    crypto.getRandomValues(sealed.subarray(at, at + 65_536));
  }
  const [device, name] = RESERVE;
  const row = { device, name, sealed };
  try {
    await write(["kept"], ({ store }) => store.put(row), { bulky: true });
  } catch (error) {
    if (error.code !== "no_space") throw error;
    return false;
  }
  return true;
}

export const dropReserve = () => drop("kept", RESERVE);

/** Runs `work(transaction)` on an unchanging view of `stores`. */
export async function read(stores, work) {
  const transaction = await begin(stores, "readonly");
  return work(transaction);
}

export const all = (store, range) => read([store], (t) => t.objectStore(store).getAll(range));
export const get = (store, key) => read([store], (t) => t.objectStore(store).get(key));
export const put = (store, value) => write([store], (t) => t.objectStore(store).put(value));
export const drop = (store, key) => write([store], (t) => t.objectStore(store).delete(key));

/** The keys of everything that a store with keys [device, …] holds of one device. */
export const ofDevice = (device) => IDBKeyRange.bound([device], [device, []]);

/** Sealed notes of other modules (the round) under a name of theirs; none of a vault that went. */
export const keep = (device, name, sealed) =>
  write(
    ["vaults", "kept"],
    async (transaction) => {
      if (!(await transaction.objectStore("vaults").getKey(device))) return;
      await transaction.objectStore("kept").put({ device, name, sealed });
    },
    { bulky: true },
  );
export const kept = async (device, name) => (await get("kept", [device, name]))?.sealed ?? null;

/**
 * Free and whole space in bytes (some browsers tell a fixed figure), whether the browser promised
 * not to evict it, and `tight`: the reserve is spent, so that texts still find room and photos do
 * not.
 */
export async function space() {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const persisted = (await navigator.storage?.persisted?.()) ?? false;
  return { free: Math.max(0, quota - usage), quota, persisted, tight: !(await reserved()) };
}
