// Signing out, also where there is no signal: it is remembered, and done before anything else is
// asked of the server, so that whoever finds the phone finds no session on it.

import { sha256 } from "./keys.js";
import { forgetMe, me, signOut } from "./net.js";
import { drop, get, put } from "./store.js";
import * as vault from "./vault.js";

const [device, name] = ["", "leaving"];
const NOBODY = { account: null };

// Of the session, its token's hash: one that the same person opened later is left alone.
const printOf = ({ form_token: token }) => sha256(new TextEncoder().encode(token));

/** Locks the vault in every tab and ends the account's session, now or at the next signal. */
export async function leave(account) {
  vault.lock();
  await put("kept", { device, name, account });
  const who = await me().catch(() => NOBODY);
  if (who.account === account) {
    await put("kept", { device, name, account, session: await printOf(who) });
  }
  await finish().catch(() => {}); // The next visit does it.
}

/** Ends the session that somebody left without a signal. Throws what keeps it from that. */
export async function finish() {
  const left = await get("kept", [device, name]);
  if (!left) return;
  forgetMe();
  const who = await me().catch((error) => {
    if (error.code === "sign_in") return NOBODY;
    throw error;
  });
  if (who.account === left.account && [undefined, await printOf(who)].includes(left.session)) {
    await signOut();
  }
  await drop("kept", [device, name]);
}
