// What waits on this phone as a file, for when the server cannot be reached: `menqian import
// queue`.
//
// One JSON text a line: first who and which key, then everything sealed as it is, photos before the
// record that names them. Only the server's key opens it, so it may go by any way.

import * as box from "./box.js";
import * as vault from "./vault.js";

function base64url(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Returns {file, name, records}: a Blob, what it should be called, and the ids that it holds. */
export async function exported(device) {
  const { account, server } = await vault.rowOf(device);
  const made_at = new Date().toISOString();
  const head = { format: "menqian-queue", v: 1, device, account, content_key: server, made_at };
  const parts = [`${JSON.stringify(head)}\n`];
  const records = [];
  for await (const { name, kind, sealed, manifest, problem } of box.sealedThings(device)) {
    if (problem) continue;
    // A Blob a line: the browser may put it on the disk, so that hundreds of photos fit.
    parts.push(new Blob([`${JSON.stringify({ manifest, data: base64url(sealed) })}\n`]));
    if (kind !== "photo") records.push(name);
  }
  const [day, time] = made_at.split("T");
  const stamp = `${day.replaceAll("-", "")}-${time.slice(0, 5).replace(":", "")}`;
  const name = `menqian-queue-${device.slice(0, 8)}-${stamp}.jsonl`;
  return { file: new Blob(parts, { type: "application/jsonl" }), name, records };
}
