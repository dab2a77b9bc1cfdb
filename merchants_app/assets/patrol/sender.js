// One pass over what waits: photos first, by their hash, then the record; records in their order.
//
// 201 and only 201 means received, and received is not yet in the ledger: that takes a receipt
// which this phone recomputes. What the server refuses, or holds otherwise, or stumbles over, does
// not hold the rest up; nor does what this phone cannot read any more.

import * as box from "./box.js";
import { call, expect, forgetMe, me } from "./net.js";
import { verify } from "./receipt.js";
import { Refusal } from "./refusal.js";
import { opened, patch } from "./vault.js";

const ADDRESS = { patrol: "/api/v1/patrols/", suspect_code: "/api/v1/suspect-codes/" };
const OTHER_CONTENT = /^[a-z_]+\.other_content$/;
const MISSING_PHOTO = /\.photo_missing$/;
const STUMBLES = 3; // in a row: then it is the server's trouble, not the records'
const BUSY = 503;
const PASSING = new Set(["AbortError", "InvalidStateError"]); // the store's own, soon over

const UNTAKEN = new Set(["sign_in", "later"]);

const binary = { "Content-Type": "application/octet-stream" };
const json = { "Content-Type": "application/json" };

// Whether it was said of this one record and would be said again: by the server, never by the phone's
// own storage, however that fails.
const isOfRecord = ({ code, status }) =>
  code === "unreadable" ||
  (status >= 400 && status < 500 && !NOT_OF_RECORD.has(code) && !code.startsWith("device."));
const NOT_OF_RECORD = new Set(["sign_in", "server", "later"]);

const letsOthersPass = ({ code, status }) =>
  code === "receipt_wrong" || code === "later" || (code === "server" && status && status !== BUSY);

/**
 * Throws Refusal `sign_in` unless the vault's own account is signed in. It asks anew: an answer
 * also shows that there is a way to the server, before any record is said to have left.
 */
async function sameAccount(vault) {
  forgetMe();
  const { account } = await me();
  if (account !== vault.account) throw new Refusal("sign_in", { other: true });
}

// What this phone stored and cannot read or open any more is that record's trouble alone.
async function reading(work) {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal || PASSING.has(error.name)) throw error;
    throw new Refusal("unreadable");
  }
}

async function sendPhotos(vault, row) {
  const uploaded = new Set(row.uploaded);
  for (const sha256 of row.photos) {
    if (uploaded.has(sha256)) continue;
    const body = await reading(box.photo(vault, sha256)).catch((error) => {
      if (error.code !== "unreadable") throw error;
    });
    if (!body) continue; // The server says which it misses; it may have it from another record.
    const how = { body, headers: binary, as: vault.account };
    const answer = await call("PUT", `/api/v1/photos/${sha256}`, how);
    if (expect(answer, 201).sha256 !== sha256) throw new Refusal("server");
    uploaded.add(sha256);
    await box.mark(row.id, { uploaded: [...uploaded] });
  }
}

async function sendRecord(vault, row, body) {
  await box.mark(row.id, { state: "sending", problem: undefined });
  const how = { body, headers: json, as: vault.account };
  try {
    return expect(await call("PUT", ADDRESS[row.kind] + row.id, how), 201);
  } catch (error) {
    // The bytes may have left, the answer may have been lost: only asking again tells.
    const state = UNTAKEN.has(error.code) ? "saved" : "sent";
    if (!isOfRecord(error)) await box.mark(row.id, { state }, ["sending"]);
    throw error;
  }
}

async function receive(vault, row, body, answer) {
  const receipt = answer?.receipt ?? {};
  const told = {
    receipt: {
      merchant: receipt.merchant ?? null,
      seq: receipt.seq,
      entry_hash: receipt.entry_hash,
      received_at: receipt.received_at,
    },
    answer: {
      findings: answer?.findings ?? [],
      again: answer?.again ?? [],
      warnings: answer?.warnings ?? [],
    },
  };
  await box.note(vault, row, told, { state: "received" });
  try {
    await verify(body, answer, row.id);
  } catch (error) {
    // Kept with its content: a receipt that does not agree proves nothing.
    await box.mark(row.id, { problem: error.code });
    throw error;
  }
  await box.finish(vault, row, told);
  await patch(vault.device, { lastSentAt: new Date().toISOString() });
}

async function refused(vault, row, error) {
  if (!row) return; // Decided on meanwhile, in another tab.
  if (!OTHER_CONTENT.test(error.code)) {
    const told = { fields: error.answer?.errors ?? [] };
    await box.note(vault, row, told, { state: "refused", problem: error.code });
    return;
  }
  const known = row.kind === "patrol" ? await call("GET", ADDRESS[row.kind] + row.id) : null;
  const other = known?.status === 200 ? known.json : null;
  await box.note(vault, row, { other }, { state: "conflict", problem: error.code });
}

async function sendOne(vault, id) {
  for (const last of [false, true]) {
    const row = await box.item(id);
    if (!row || !box.WAITING.includes(row.state)) return;
    let body;
    let answer;
    try {
      body = (await reading(box.content(vault, id)))?.body;
      if (!body) throw new Refusal("unreadable");
      await sendPhotos(vault, row);
      answer = await sendRecord(vault, row, body);
    } catch (error) {
      if (!isOfRecord(error)) throw error;
      if (last || !MISSING_PHOTO.test(error.code)) {
        await refused(vault, await box.item(id), error);
        return;
      }
      await box.mark(id, { state: "saved", uploaded: [] });
      continue;
    }
    await receive(vault, row, body, answer);
    return;
  }
}

// Where the next pass begins, wrapping round: behind what ended the last one, so that neighbours
// over which the server stumbles cannot hold up what comes after them.
let from = 0;

/**
 * Sends everything that waits, oldest number first; `told` is called after each. Throws the
 * Refusal that stopped it, or that one record met while the others passed: `offline`, `portal`,
 * `server`, `later`, `sign_in`, `locked`, `receipt_wrong`, `device.…`.
 */
export async function sendAll(told) {
  const { device } = opened();
  const tried = new Set();
  const left = async () =>
    (await box.items(device)).filter(
      ({ id, state }) => box.WAITING.includes(state) && !tried.has(id),
    );
  if (!(await left()).length) return;
  await sameAccount(opened());
  let failed = null;
  let stumbles = 0;
  for (;;) {
    const rows = await left();
    const next = rows.find(({ order }) => order > from) ?? rows[0];
    if (!next) break;
    tried.add(next.id);
    try {
      await sendOne(opened(), next.id);
      stumbles = 0;
    } catch (error) {
      if (!letsOthersPass(error)) throw error;
      failed ??= error;
      if (error.code === "server") stumbles += 1;
      if (stumbles === STUMBLES) {
        from = next.order;
        throw error;
      }
    }
    told();
  }
  from = 0;
  if (failed) throw failed;
}
