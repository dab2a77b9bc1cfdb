// This phone as the server knows it: alive, revoked, or to be cleared.
//
// A revoked phone first hands over what it holds, sealed as it is, to a quarantine that the desk
// decides on; when all of it has arrived, nothing stays here. The same way goes what a destroyed
// PIN has left.

import * as box from "./box.js";
import * as keys from "./keys.js";
import { call, expect, me } from "./net.js";
import { Refusal } from "./refusal.js";
import { all, drop, dropReserve } from "./store.js";
import * as vault from "./vault.js";

const SHELLS = "menqian-";

/** What says that nothing reaches the server now, whichever vault it is for. */
export const NO_WAY = new Set(["offline", "portal"]);

/** Whose state matters: the open vault, else the only one. */
async function chosen(device) {
  const open = vault.current();
  if (device || open) return vault.rowOf(device ?? open.device);
  const rows = await vault.rows();
  return rows.length === 1 ? rows[0] : null;
}

/**
 * Returns {state: "active"|"revoked"|"wiped"|"unknown", serverTime, offsetMs}: phone less server,
 * positive when the phone is ahead.
 */
export async function contact(device = null) {
  const row = await chosen(device);
  if (!row) throw new Refusal("locked");
  const sent = Date.now();
  const answer = await call("GET", `/api/v1/devices/${row.device}`);
  const middle = (sent + Date.now()) / 2;
  if (answer.status === 404) return { state: "unknown", serverTime: null, offsetMs: null };
  const { state, server_time: serverTime } = expect(answer, 200);
  const offsetMs = Math.round(middle - Date.parse(serverTime));
  await vault.patch(row.device, { offsetMs });
  return { state, serverTime, offsetMs };
}

/** The clock's offset as last measured, in ms, or null. */
export async function offset() {
  return (await chosen(null))?.offsetMs ?? null;
}

// Returns why a thing could not be handed over, or null; throws what concerns all of them.
async function handOne(device, { name, sealed, manifest, problem }, why) {
  if (problem) return problem;
  const headers = { "Content-Type": "application/octet-stream", "Menqian-Manifest": manifest };
  if (why) headers["Menqian-Refused"] = why;
  const path = `/api/v1/devices/${device}/sealed/${name}`;
  const answer = await call("PUT", path, { body: sealed, headers, anonymous: true });
  const code = answer.json?.code;
  if (code === "quarantine.other_content") return null; // Sealed anew, it came before.
  if (answer.status < 500 && code?.startsWith("quarantine.")) return code;
  const kept = expect(answer, 201);
  if (kept.sha256 !== (await keys.sha256(sealed))) throw new Refusal("server");
  return null;
}

/**
 * Hands every sealed thing of a device over, or of `only` one record, `why` being the code with
 * which the server refused that. Returns {records, stuck}: how many went, and how many did not go
 * whole because something of them is damaged. Needs no PIN.
 */
export async function handOver(device, { only = null, why = null } = {}) {
  const stuck = new Map();
  let records = 0;
  for await (const thing of box.sealedThings(device, only)) {
    const { item, kind } = thing;
    if (item.state === "handed_over") continue;
    const problem = await handOne(device, thing, why);
    if (problem) stuck.set(item.id, problem);
    if (kind === "photo" || stuck.has(item.id)) continue;
    await box.mark(item.id, { state: "handed_over" });
    records += 1;
  }
  return { records, stuck: stuck.size };
}

/**
 * Clears a vault that has handed everything over, and tells the server so, now or later. Returns
 * whether it did: not while there is a record that came meanwhile.
 */
export async function wipe(device) {
  const row = await vault.rowOf(device);
  if (!row) return true;
  const at = new Date().toISOString();
  const claims = { v: 1, device, account: row.account, kind: "wiped", at };
  const farewell = await keys.sign(row.signing, device, claims);
  if (!(await vault.remove(device, { farewell, emptied: true }))) return false;
  if (!(await vault.rows()).length) {
    await dropReserve();
    for (const name of await caches.keys()) if (name.startsWith(SHELLS)) await caches.delete(name);
  }
  await sayFarewells().catch(() => {}); // Said again by the next visit.
  return true;
}

async function sayFarewells() {
  for (const { device, farewell } of await all("farewells")) {
    const headers = { "Content-Type": "application/jose" };
    const path = `/api/v1/devices/${device}/wiped`;
    const answer = await call("PUT", path, { body: farewell, headers, anonymous: true });
    if (answer.status < 300 || [404, 409].includes(answer.status)) await drop("farewells", device);
  }
}

// A server that was set back, or an enrolment that broke off: only the account itself may mend it.
async function madeKnown(row) {
  const { account } = await me().catch(() => ({}));
  if (account !== row.account) return "unknown";
  await vault.register(row);
  return "active";
}

async function lookAfter(row) {
  const { device, account } = row;
  let { state } = await contact(device);
  if (state === "unknown") state = await madeKnown(row);
  const revoked = state === "revoked" || state === "wiped";
  if (!revoked && row.pin) return null;
  if (state === "unknown" && (await box.items(device)).some((each) => each.full)) return null;
  // First nothing more may come in; then what is here goes, until nothing is left.
  if (revoked) await vault.close(device, { revoked });
  const cleared = () => (revoked ? wipe(device) : vault.remove(device, { emptied: true }));
  do {
    const { stuck } = await handOver(device);
    if (stuck) throw new Refusal("stuck", { n: stuck });
  } while (!(await cleared()));
  return { device, account, why: revoked ? "revoked" : "pin_destroyed" };
}

/**
 * Looks after every vault on this phone: a revoked one is handed over and wiped, one without a PIN
 * handed over and removed, an unknown one registered. Returns {gone: [{device, account, why}],
 * failed}: which devices went, and the first Refusal; one vault's trouble is not another's.
 */
export async function visit() {
  await sayFarewells().catch(() => {});
  const gone = [];
  let failed = null;
  for (const row of await vault.rows()) {
    try {
      const went = await lookAfter(row);
      if (went) gone.push(went);
    } catch (error) {
      failed ??= error;
      if (NO_WAY.has(error.code)) break;
    }
  }
  return { gone, failed };
}
