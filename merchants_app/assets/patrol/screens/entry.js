// Before there is a vault, and when there is none any more.

import { faultOf } from "../faults.js";
import { download } from "../files.js";
import * as net from "../net.js";
import { queue } from "../queue.js";
import { go, show } from "../router.js";
import * as vault from "../vault.js";

const WAY = "/sign-in?next=";
const FREE = /^#?(sign-in|enrol|unlock|forgot|wiped)\b/;
let target = "home";

// Where somebody wanted to go before the door was shut.
export const wanted = () => target;

function remember() {
  if (location.hash && !FREE.test(location.hash)) target = location.hash;
}

export async function signIn(view, about) {
  remember();
  const back = target === "home" ? "" : target;
  view.set("way", { href: WAY + encodeURIComponent(`/patrols/app${back}`) });
  view.on("again", () => show());
  view.fill({ other_role: false, offline: false, again: false });
  let person = null;
  try {
    person = await net.me();
  } catch (error) {
    view.fill({ offline: error.code !== "sign_in", again: error.code !== "sign_in" });
    return null;
  }
  const mine = (await vault.list()).find((each) => each.account === person.account);
  if (mine && !mine.destroyed) {
    if (about !== "other") return "unlock";
    return null;
  }
  if (person.kinds.length) return "enrol";
  view.fill({ other_role: true });
  return null;
}

export async function forgot(view, account) {
  const mine = (await vault.list()).find((each) => each.account === account);
  if (!mine) return "sign-in";
  view.fill({ give_really: false });
  view.on("export", () => download(mine.device).catch((error) => view.fill({ fault: faultOf(error) })));
  view.on("give", () => {
    view.fill({ give: false, give_really: true });
    view.slot("give_really").focus();
  });
  view.on("give_really", async () => {
    await vault.abandon(account);
    go("sign-in", { replace: true });
  });
  return null;
}

export function wiped(view) {
  target = "home";
  view.fill({});
}

