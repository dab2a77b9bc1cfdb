// Opening the app: which screens there are, who may see them, and what goes on beside them.

import * as camera from "./camera.js";
import * as device from "./device.js";
import * as display from "./display.js";
import { queue } from "./queue.js";
import * as round from "./round.js";
import { go, guard, screen, show } from "./router.js";
import * as conflict from "./screens/conflict.js";
import * as door from "./screens/door.js";
import * as entry from "./screens/entry.js";
import * as home from "./screens/home.js";
import * as pick from "./screens/pick.js";
import * as pins from "./screens/pins.js";
import * as record from "./screens/record.js";
import * as saved from "./screens/saved.js";
import * as scan from "./screens/scan.js";
import * as settings from "./screens/settings.js";
import * as shoot from "./screens/shoot.js";
import * as suspect from "./screens/suspect.js";
import * as tray from "./screens/tray.js";
import * as updates from "./updates.js";
import * as vault from "./vault.js";
import { assets } from "./words.js";

const FREE = { free: true };

function name() {
  screen("sign-in", entry.signIn, FREE);
  screen("enrol", pins.enrol, FREE);
  screen("unlock", pins.unlock, FREE);
  screen("forgot", entry.forgot, FREE);
  screen("wiped", entry.wiped, FREE);
  screen("home", home.home);
  screen("draw", home.draw);
  screen("scan", scan.scan);
  screen("suspect", suspect.suspect);
  screen("reported", suspect.reported);
  screen("door", door.door);
  screen("shop", door.door, { template: "door" });
  screen("record", record.record);
  screen("pick", pick.pick);
  screen("shoot", shoot.shoot);
  screen("saved", saved.saved);
  screen("queue", tray.tray);
  screen("conflict", conflict.conflict);
  screen("refused", conflict.refused);
  screen("settings", settings.settings);
  screen("new-pin", pins.change);
}

async function gate() {
  if (vault.current()) return null;
  const known = await vault.list();
  return known.some((each) => !each.destroyed) ? "unlock" : "sign-in";
}

// Looks for a newer round, and whether this phone is still welcome; with no network, it is later.
async function catchUp() {
  camera.warm().catch(() => {});
  await round.refresh().catch(() => {});
  await device.contact().catch(() => {});
}

async function unlocked() {
  await round.load().catch(() => {});
  await show();
  await catchUp();
}

export async function start() {
  display.apply();
  name();
  guard(gate);
  tray.badge();
  vault.events.addEventListener("lock", () => show());
  vault.events.addEventListener("unlock", unlocked);
  queue.addEventListener("gone", ({ detail }) => {
    if (detail.some((each) => each.why === "revoked")) go("wiped", { replace: true });
  });
  queue.addEventListener("change", tray.badge);
  updates.start(assets.worker);
  await show();
  queue.flush();
}
