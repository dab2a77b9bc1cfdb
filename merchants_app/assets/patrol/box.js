// What waits on this phone: records, their photos, drafts; everything sealed before it is stored.
//
// A row of `items` says where a record is (order, state, times) and keeps a sealed line for people;
// its content lies apart and goes when the receipt has been proved. Order numbers have no gaps: the
// number is taken in the transaction that stores the record. A body's own `origin.order` counts the
// records of its kind alone.

import * as keys from "./keys.js";
import { Refusal } from "./refusal.js";
import { all, drop, get, layReserve, ofDevice, read, space, write } from "./store.js";

/** States in which the content is still here to be sent. */
export const WAITING = ["saved", "sending", "sent", "received"];
const NO_PHOTOS_BELOW = 8 * 1024 * 1024; // bytes, where the browser says what is left
const LINE_DAYS = 7;
const ORPHAN_HOURS = 24;
const HOUR = 3_600_000;
const utf8 = { to: new TextEncoder(), from: new TextDecoder() };

const labelOf = (device, name) => `menqian/1/${device}/${name}`;
const lineLabel = (device, id) => `menqian/line/${device}/${id}`;
const draftLabel = (device, id) => `menqian/draft/${device}/${id}`;

const sealJson = (key, label, value) =>
  keys.sealBytes(key, label, utf8.to.encode(JSON.stringify(value)));
const openJson = async (key, label, sealed) =>
  JSON.parse(utf8.from.decode(await keys.openBytes(key, label, sealed)));

// What the device says of sealed bytes, so that they can be handed over without any PIN.
async function manifest(vault, { kind, name, order, ofKind, sealed, at }) {
  const { device, account } = vault;
  const sealed_sha256 = await keys.sha256(sealed);
  const which = { order, of_kind: ofKind, kind, name };
  const claims = { v: 1, device, account, ...which, sealed_sha256, sealed_at: at };
  return keys.sign(vault.signing, device, claims);
}

// A vault without a PIN is on its way to the desk: whatever came after would go with it unseen.
async function alive(transaction, device) {
  const owner = await transaction.objectStore("vaults").get(device);
  if (!owner?.pin) throw new Refusal("locked");
  return owner;
}

/** The rows of one device's records, in their order. */
export const items = (device) =>
  read(["items"], ({ store }) => store.index("place").getAll(ofDevice(device)));
export const item = (id) => get("items", id);

/** Changes some fields of a record's row, if it is in one of the `states`; tells whether it was. */
export function mark(id, changes, states = null) {
  return write(["items"], async ({ store }) => {
    const row = await store.get(id);
    if (!row || (states && !states.includes(row.state))) return false;
    await store.put({ ...row, ...changes });
    return true;
  });
}

/**
 * Stores a photo and returns {sha256, size}; the same again costs nothing. Throws Refusal
 * `no_space` while there is still room for the texts of records.
 */
export async function keepPhoto(vault, blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const [sha256, size] = [await keys.sha256(bytes), bytes.length];
  const key = [vault.device, sha256];
  if (await read(["photos"], ({ store }) => store.getKey(key))) return { sha256, size };
  const { free, quota } = await space();
  const full = quota && free - size < NO_PHOTOS_BELOW;
  if (full || !(await layReserve())) throw new Refusal("no_space");
  const sealed = await keys.sealBytes(vault.key, labelOf(vault.device, sha256), bytes);
  const at = new Date().toISOString();
  const signed = await manifest(vault, { kind: "photo", name: sha256, order: 0, sealed, at });
  const row = { device: vault.device, sha256, size, at, sealed, manifest: signed };
  const storing = async (transaction) => {
    await alive(transaction, vault.device);
    await transaction.objectStore("photos").put(row);
  };
  await write(["vaults", "photos"], storing, { bulky: true });
  return { sha256, size };
}

/** Returns the bytes of a photo, or null. */
export async function photo(vault, sha256) {
  const row = await get("photos", [vault.device, sha256]);
  return row && keys.openBytes(vault.key, labelOf(vault.device, sha256), row.sealed);
}

/**
 * Stores a record as the device's next and returns {id, order} once it is durable. Its draft goes
 * in the same step, and with `instead` the record that it takes the place of, whose number within
 * its kind it takes over. A record that is here already stays as it is. Throws Refusal `settled`
 * when the other one has gone.
 */
export function add(vault, { id, kind, body, shop, photos = [], draft = id, instead = null }) {
  const { device } = vault;
  return navigator.locks.request(`menqian-order-${device}`, async () => {
    const there = await item(id);
    if (there) return { id, order: there.order };
    const { nextOrder: order, nextOf } = (await get("vaults", device)) ?? {};
    if (!order) throw new Refusal("locked");
    const replaced = instead && (await item(instead));
    const taken = replaced ? (replaced.ofKind ?? body.origin?.order) : null;
    const ofKind = taken ?? nextOf[kind] ?? 1;
    const at = new Date().toISOString();
    const text = JSON.stringify(placed(body, device, ofKind));
    const plain = { id, kind, body: text, shop, photos };
    const sealed = await sealJson(vault.key, labelOf(device, id), plain);
    const signed = await manifest(vault, { kind, name: id, order, ofKind, sealed, at });
    const line = await sealJson(vault.key, lineLabel(device, id), { shop });
    const pictures = photos.length;
    const known = { id, device, order, kind, ofKind, at, photos, pictures };
    const row = { ...known, state: "saved", line, full: true };
    const stores = ["vaults", "items", "contents", "drafts"];
    await write(stores, async (transaction) => {
      const [vaults, rows, contents, drafts] = stores.map((name) => transaction.objectStore(name));
      const owner = await alive(transaction, device);
      if (owner.nextOrder !== order) throw new Refusal("locked");
      if (instead && !(await rows.getKey(instead))) throw new Refusal("settled");
      const counted = { nextOrder: order + 1, nextOf };
      if (!taken) counted.nextOf = { ...nextOf, [kind]: ofKind + 1 };
      await Promise.all([
        vaults.put({ ...owner, ...counted }),
        rows.add(row),
        contents.add({ device, id, sealed, manifest: signed }),
        drafts.delete([device, draft]),
        ...(instead ? [rows.delete(instead), contents.delete([device, instead])] : []),
      ]);
    });
    return { id, order };
  });
}

const placed = (body, device, order) =>
  body.origin ? { ...body, origin: { ...body.origin, device, order } } : body;

/**
 * Returns {id, kind, body (the JSON text as it is sent), shop, photos}, or null when it has gone.
 */
export async function content(vault, id) {
  const row = await get("contents", [vault.device, id]);
  return row && openJson(vault.key, labelOf(vault.device, id), row.sealed);
}

/** Returns what people see of a record beside its state; of a damaged one, nothing. */
export const line = (vault, row) =>
  openJson(vault.key, lineLabel(vault.device, row.id), row.line).catch(() => ({ shop: null }));

/** Adds to a record's line and moves it to another state. */
export async function note(vault, row, told, changes) {
  const sealed = { ...(await line(vault, row)), ...told };
  return mark(row.id, {
    ...changes,
    line: await sealJson(vault.key, lineLabel(vault.device, row.id), sealed),
  });
}

/**
 * Lets the content of a record go, with the photos that nothing else names; while there are drafts,
 * which nobody can look into here, photos are left to `sweep`. With `changes` its line stays;
 * without, nothing does.
 */
export function release(row, changes = null) {
  const { device, id } = row;
  const stores = ["items", "contents", "photos", "drafts"];
  return write(stores, async (transaction) => {
    const [rows, contents, photos, drafts] = stores.map((name) => transaction.objectStore(name));
    const now = await rows.get(id);
    if (!now) return;
    await contents.delete([device, id]);
    if (changes) await rows.put({ ...now, ...changes, photos: [], full: false });
    else await rows.delete(id);
    if (await drafts.count(ofDevice(device))) return;
    for (const sha256 of now.photos) {
      if (!(await rows.index("photo").count(sha256))) await photos.delete([device, sha256]);
    }
  });
}

/** Notes the proved receipt and lets the content go, in one step. */
export async function finish(vault, row, told) {
  const whole = { ...(await line(vault, row)), ...told };
  await release(row, {
    state: "ledger",
    problem: undefined,
    line: await sealJson(vault.key, lineLabel(vault.device, row.id), whole),
    doneAt: new Date().toISOString(),
  });
}

export async function saveDraft(vault, id, draft) {
  const { device } = vault;
  const sealed = await sealJson(vault.key, draftLabel(device, id), draft);
  await write(["vaults", "drafts", "items"], async (transaction) => {
    await alive(transaction, device);
    // A draft whose record has been stored meanwhile must not come back.
    if (await transaction.objectStore("items").getKey(id)) return;
    await transaction
      .objectStore("drafts")
      .put({ device, id, at: new Date().toISOString(), sealed });
  });
}

export const dropDraft = ({ device }, id) => drop("drafts", [device, id]);

/** Returns [{id, at, draft}], the newest first; none that is damaged. */
export async function drafts(vault) {
  const { device, key } = vault;
  const rows = await all("drafts", ofDevice(device));
  rows.sort((a, b) => (a.at < b.at ? 1 : -1));
  const opened = rows.map(async ({ id, at, sealed }) => {
    const draft = await openJson(key, draftLabel(device, id), sealed).catch(() => null);
    return draft && { id, at, draft };
  });
  return (await Promise.all(opened)).filter(Boolean);
}

/**
 * Clears away lines past their days, and photos that no record and no draft has named for a day.
 */
export async function sweep(vault) {
  const { device } = vault;
  const before = (hours) => new Date(Date.now() - hours * HOUR).toISOString();
  // Drafts first: one that becomes a record meanwhile is found as either.
  const drafted = JSON.stringify(await drafts(vault));
  const rows = await items(device);
  const named = new Set(rows.flatMap((row) => row.photos));
  const photos = await read(["photos"], ({ store }) => store.getAllKeys(ofDevice(device)));
  for (const row of rows) {
    if (!row.full && row.doneAt < before(24 * LINE_DAYS)) await release(row);
  }
  for (const [, sha256] of photos) {
    if (named.has(sha256) || drafted.includes(sha256)) continue;
    await write(["photos"], async ({ store }) => {
      const { at } = (await store.get([device, sha256])) ?? {};
      if (at < before(ORPHAN_HOURS)) await store.delete([device, sha256]);
    });
  }
}

// A browser may lose what it stored ("Failed to read large IndexedDB value"): one such value must
// not keep the others here.
const found = (store, key) => get(store, key).catch(() => ({ problem: "unreadable" }));

/**
 * Gives each sealed thing of a device, or of `only` one of its records, as {item, name, kind,
 * sealed, manifest}, or with a `problem` in place of the last two: records in their order, before
 * each the photos it names, each photo once. Needs no PIN.
 */
export async function* sealedThings(device, only = null) {
  const given = new Set();
  for (const row of await items(device)) {
    if (!row.full || (only && row.id !== only)) continue;
    for (const sha256 of row.photos) {
      const photo = given.has(sha256) ? null : await found("photos", [device, sha256]);
      given.add(sha256);
      if (photo) yield { ...photo, item: row, name: sha256, kind: "photo" };
    }
    const content = (await found("contents", [device, row.id])) ?? { problem: "unreadable" };
    yield { ...content, item: row, name: row.id, kind: row.kind };
  }
}
