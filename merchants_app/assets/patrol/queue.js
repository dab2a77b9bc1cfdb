// The queue as the screens know it: what is saved here, and where each record is.
//
// It sends by itself: when something is added, when the network may be back, when the app comes to
// the front, and after a pause that doubles up to five minutes. Only one tab sends at a time.

import * as box from "./box.js";
import * as device from "./device.js";
import { exported } from "./export.js";
import * as leaving from "./leaving.js";
import { Refusal } from "./refusal.js";
import { sendAll } from "./sender.js";
import { settle } from "./settling.js";
import { layReserve, space } from "./store.js";
import * as vault from "./vault.js";

const LONGEST_PAUSE_S = 300;
const VISIT_MS = 60_000;
const HOUR = 3_600_000;
const WARN_HOURS = 48;
const HIDE_HOURS = 72;
const TELL_MS = 60;
// What the server says of a device: the next visit finds out the rest.
const REASONS = {
  "device.revoked": "revoked",
  "device.wiped": "revoked",
  "device.unknown": "server",
};
const ofDevice = (code) => code.startsWith("device.");
// A browser's own failures have numbers for codes.
const codeOf = ({ code }) => (typeof code === "string" ? code : "server");

class Queue extends EventTarget {
  #stopped = null;
  #revoked = false;
  #step = 0;
  #nextTryAt = null;
  #timer = null;
  #running = null;
  #again = false;
  #telling = null;
  #visitedAt = 0;
  #drafting = Promise.resolve();
  #channel = new BroadcastChannel("menqian-queue");

  constructor() {
    super();
    this.#channel.addEventListener("message", () => this.#tell({ others: false }));
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#run();
    });
    vault.events.addEventListener("unlock", () => this.#unlocked());
    vault.events.addEventListener("lock", () => this.#tell());
    vault.events.addEventListener("destroyed", () => this.flush());
  }

  async #unlocked() {
    this.#revoked = false;
    this.#tell();
    await this.#tidy().catch((error) => {
      if (error.code !== "locked") reportError(error);
    });
    await this.flush();
  }

  async #tidy() {
    await box.sweep(vault.opened());
    await layReserve();
  }

  // Many steps in a moment are one event; other tabs hear of it too.
  #tell({ others = true } = {}) {
    if (others) this.#channel.postMessage("change");
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      this.dispatchEvent(new Event("change"));
    }, TELL_MS);
  }

  /** Seals and stores a photo; returns {sha256, size}. Throws `no_space` or `locked`. */
  keepPhoto(blob) {
    return box.keepPhoto(vault.opened(), blob);
  }

  /** Returns a photo as a JPEG Blob, or null. */
  async photo(sha256) {
    const bytes = await box.photo(vault.opened(), sha256);
    return bytes && new Blob([bytes], { type: "image/jpeg" });
  }

  /** Keeps a draft as it is now; drafts are stored in the order of the calls. */
  saveDraft(id, draft) {
    const open = vault.opened();
    return this.#inTurn(() => box.saveDraft(open, id, draft));
  }

  async draft(id) {
    return (await this.drafts()).find((each) => each.id === id)?.draft ?? null;
  }

  drafts() {
    return box.drafts(vault.opened());
  }

  dropDraft(id) {
    const open = vault.opened();
    return this.#inTurn(() => box.dropDraft(open, id));
  }

  #inTurn(work) {
    const turn = this.#drafting.then(work);
    this.#drafting = turn.catch(() => {});
    return turn;
  }

  /**
   * Stores a record and returns {id, order} when it would survive the phone being switched off.
   * `body` is an object; where it has an `origin`, device and order are filled in. `shop` is
   * {number, name}, `photos` the SHA-256 of all photos that the body names, `draft` the id of the
   * draft that goes with it. Throws `no_space` (nothing is lost: the draft stays) or `locked`.
   */
  async add(record) {
    const open = vault.opened();
    const added = await this.#inTurn(() => box.add(open, record));
    this.#tell();
    this.#run();
    return added;
  }

  /** Returns the records of the open vault, the newest first; nothing while it is locked. */
  async list() {
    if (!vault.current()) return [];
    const open = vault.opened();
    const rows = await box.items(open.device);
    const hidden = new Date(Date.now() - HIDE_HOURS * HOUR).toISOString();
    const shown = rows.map(async (row) => {
      const { id, kind, order, state, at, problem, exportedAt, pictures, full } = row;
      const known = { id, kind, order, state, at, problem, exportedAt, photos: pictures };
      // What has waited too long to be looked at on a phone is sent all the same.
      if (full && at < hidden) return { ...known, shop: null, hidden: true };
      return { ...known, ...(await box.line(open, row)), hidden: false };
    });
    return (await Promise.all(shown)).reverse();
  }

  /**
   * Returns {body (object), shop, photos, kind} of a record whose content is still here, or null.
   */
  async content(id) {
    const found = await box.content(vault.opened(), id);
    return found && { ...found, body: JSON.parse(found.body) };
  }

  /**
   * Returns {waiting, conflicts, refused, lastSentAt, oldestAt, old, stopped, nextTryAt, space};
   * for all vaults of the phone while none is open. `old`: something has waited for two days.
   */
  async status() {
    const open = vault.current();
    const owners = open ? [await vault.rowOf(open.device)] : await vault.rows();
    const rows = (await Promise.all(owners.map((each) => box.items(each?.device ?? "")))).flat();
    const count = (states) => rows.filter((row) => row.full && states.includes(row.state));
    const waiting = count(box.WAITING);
    const oldestAt = waiting.map((row) => row.at).sort()[0] ?? null;
    const clearing = !open && owners.some((each) => each.revoked);
    const sent = owners.map((each) => each?.lastSentAt).filter(Boolean);
    return {
      waiting: waiting.length,
      conflicts: count(["conflict"]).length,
      refused: count(["refused"]).length,
      lastSentAt: sent.sort().at(-1) ?? null,
      oldestAt,
      old: oldestAt !== null && Date.now() - Date.parse(oldestAt) > WARN_HOURS * HOUR,
      stopped: open ? this.#stopped : this.#revoked || clearing ? "revoked" : "locked",
      nextTryAt: this.#nextTryAt,
      sending: this.#running !== null,
      space: await space(),
    };
  }

  /** Sends now: what a tap means. Resolves when the pass has ended, however it ended. */
  flush() {
    this.#step = 0;
    this.#visitedAt = 0;
    return this.#run();
  }

  #run() {
    if (this.#running) this.#again = true;
    else this.#running = this.#passes().finally(() => (this.#running = null));
    return this.#running;
  }

  async #passes() {
    clearTimeout(this.#timer);
    this.#nextTryAt = null;
    do {
      this.#again = false;
      this.#tell();
      await navigator.locks.request("menqian-sending", () => this.#pass());
    } while (this.#again && !this.#stopped);
    this.#tell();
  }

  async #pass() {
    try {
      const failed = await this.#visit();
      if (device.NO_WAY.has(failed?.code)) throw failed;
      if (vault.current()) {
        // What ails the device itself says more than that its records are not taken for it.
        await sendAll(() => this.#moved()).catch((error) => {
          throw failed && ofDevice(codeOf(error)) ? failed : error;
        });
        await layReserve();
      }
      if (failed) throw failed;
      this.#stopped = null;
      this.#step = 0;
    } catch (error) {
      this.#stop(error);
    }
  }

  // Whoever gets through, be it slowly, need not wait longer and longer.
  #moved() {
    this.#step = 0;
    this.#tell();
  }

  async #visit() {
    await leaving.finish();
    if (Date.now() - this.#visitedAt < VISIT_MS) return null;
    const { gone, failed } = await device.visit();
    if (!failed) this.#visitedAt = Date.now();
    if (gone.length) {
      this.#revoked = gone.some((each) => each.why === "revoked");
      this.dispatchEvent(new CustomEvent("gone", { detail: gone }));
    }
    return failed;
  }

  #stop(error) {
    const code = codeOf(error);
    this.#stopped = REASONS[code] ?? (ofDevice(code) ? "device" : code);
    if (ofDevice(code)) this.#visitedAt = 0;
    if (code !== error.code) reportError(error);
    if (["sign_in", "locked"].includes(this.#stopped)) return;
    this.#step = this.#step + 1;
    const pause = Math.min(2 ** this.#step, LONGEST_PAUSE_S) * 1000 * (0.8 + 0.4 * Math.random());
    this.#nextTryAt = new Date(Date.now() + pause).toISOString();
    this.#timer = setTimeout(() => this.#run(), pause);
  }

  /**
   * Decides what to do with a record that the server holds otherwise or refused. "mine": the same
   * content as a record of its own; "theirs", "drop": it goes from this phone; "again": as it is;
   * "desk": sealed, to the quarantine that the desk decides on. Returns {id} of what it is now, null
   * when it was decided before; "desk" throws what keeps it here.
   */
  async settle(id, decision) {
    const settled = await settle(id, decision);
    this.#tell();
    this.#run();
    return settled;
  }

  /** Returns {file: Blob, name, records: [id]} of the open vault, or of the only or named one. */
  async exportFile(named = null) {
    const chosen = named ?? vault.current()?.device ?? (await vault.rows())[0]?.device;
    if (!chosen) throw new Refusal("locked");
    return exported(chosen);
  }

  /** Notes that records are in a file which a person has kept; they stay and are still sent. */
  async markExported(records) {
    const exportedAt = new Date().toISOString();
    for (const id of records) await box.mark(id, { exportedAt });
    this.#tell();
  }
}

export const queue = new Queue();
