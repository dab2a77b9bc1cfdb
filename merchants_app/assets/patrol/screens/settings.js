// How the app looks on this phone, the PIN, and what the phone holds and promises.

import * as device from "../device.js";
import * as display from "../display.js";
import { leave } from "../leaving.js";
import { me, shownAs } from "../person.js";
import { queue } from "../queue.js";
import * as vault from "../vault.js";
import { assets, bytes, groups, say } from "../words.js";

const STEADY_MS = 5_000;

function clockWords(offset) {
  if (offset === null) return say("clock.unknown");
  if (Math.abs(offset) < STEADY_MS) return say("clock.right");
  return say(offset > 0 ? "clock.fast" : "clock.slow", { n: Math.round(Math.abs(offset) / 1000) });
}

async function storage(view) {
  const { space } = await queue.status();
  view.fill({
    space: space.quota ? say("space", { free: bytes(space.free) }) : say("space.unknown"),
    persisted: say(space.persisted ? "persisted.yes" : "persisted.no"),
    persist: !space.persisted,
  });
}

async function contact(view) {
  try {
    const { state, offsetMs } = await device.contact();
    view.fill({ contact: say(`device.${state === "active" ? "active" : state === "unknown" ? "unknown" : "revoked"}`), clock: clockWords(offsetMs) });
  } catch {
    view.fill({ contact: say("device.offline") });
  }
}

export async function settings(view) {
  const open = vault.current();
  const keys = () => {
    for (const name of ["sun", "large"]) view.set(name, { "aria-pressed": String(display.is(name)) });
  };
  keys();
  view.fill({
    who: shownAs(me()),
    device: groups(open.device, 8),
    contact: "…",
    clock: clockWords(await device.offset()),
    version: assets.version,
  });
  await storage(view);
  for (const name of ["sun", "large"]) {
    view.on(name, () => {
      display.toggle(name);
      keys();
    });
  }
  view.on("lock", () => vault.lock());
  view.on("out", () => leave(open.account));
  view.on("persist", async () => {
    await navigator.storage?.persist?.();
    await storage(view);
  });
  contact(view);
}
