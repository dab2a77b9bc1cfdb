// A receipt is believed when it has been recomputed: the entry hashes to what it says, and holds
// the commitment to the very body that this phone sent (`compliance/ledger/chain.py`).

import { hex } from "./keys.js";
import { Refusal } from "./refusal.js";

const utf8 = new TextEncoder();

/** RFC 8785: JavaScript writes numbers and texts as it asks; members go by UTF-16 code units. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (each) => each.charCodeAt(0));
}

async function leafHash(entry) {
  const leaf = new Uint8Array(entry.length + 1);
  leaf.set(entry, 1);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", leaf)));
}

async function commitment(salt, body) {
  const how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", salt, how, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(body))));
}

/**
 * Returns the entry of an answer's receipt. `body` is the JSON text that was sent, `id` the
 * record's. Throws Refusal `receipt_wrong`, `why` saying what does not agree.
 */
export async function verify(body, answer, id = null) {
  const wrong = (why) => new Refusal("receipt_wrong", { why });
  const { receipt } = answer ?? {};
  let bytes;
  let entry;
  try {
    bytes = fromBase64url(receipt.entry);
    entry = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw wrong("entry");
  }
  if ((await leafHash(bytes)) !== receipt.entry_hash) throw wrong("entry_hash");
  if (entry.seq !== receipt.seq) throw wrong("seq");
  if (id && entry.ref !== id) throw wrong("ref");
  const promised = await commitment(fromHex(receipt.salt ?? ""), canonical(JSON.parse(body)));
  if (promised !== entry.commitment) throw wrong("commitment");
  return entry;
}
