// What a person decides about a record that the server holds otherwise or did not take. Twice the
// same decision, by a second tap or in another tab, is one.

import * as box from "./box.js";
import { handOver } from "./device.js";
import { hex, random } from "./keys.js";
import { Refusal } from "./refusal.js";
import * as vault from "./vault.js";

const UNDECIDED = ["conflict", "refused"];

async function asAnother(open, { id }) {
  const content = await box.content(open, id);
  if (!content) return null;
  const fresh = { ...content, body: JSON.parse(content.body), id: hex(random(16)), instead: id };
  return box.add(open, fresh).catch((error) => {
    if (error.code === "settled") return null;
    throw error;
  });
}

async function tryAgain(_open, { id }) {
  await box.mark(id, { state: "saved", problem: undefined }, UNDECIDED);
  return { id };
}

// Only the desk's own 201, for the record and all its photos, lets the content go.
async function toDesk({ device }, row) {
  const { stuck } = await handOver(device, { only: row.id, why: row.problem });
  if (stuck) throw new Refusal("unreadable");
  const doneAt = new Date().toISOString();
  await box.release(row, { state: "handed_over", problem: undefined, doneAt });
  return { id: row.id };
}

async function letGo(_open, row) {
  await box.release(row);
  return { id: row.id };
}

const DECISIONS = { mine: asAnother, again: tryAgain, desk: toDesk, theirs: letGo, drop: letGo };

/** As `queue.settle` says; null when there is nothing to decide any more. */
export async function settle(id, decision) {
  const open = vault.opened();
  const row = await box.item(id);
  if (!row || !UNDECIDED.includes(row.state)) return null;
  if (!Object.hasOwn(DECISIONS, decision)) throw new Refusal("unknown_decision");
  return DECISIONS[decision](open, row);
}
