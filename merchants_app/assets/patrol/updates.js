// The service worker from the page's side. A new version waits until no tab has a vault open: then
// nothing is being written or sent, and the page may be loaded anew without anybody noticing.

import * as vault from "./vault.js";

const UNLOCKED = "menqian-unlocked";

async function activate(registration) {
  if (!registration.waiting) return;
  await navigator.locks.request(UNLOCKED, { ifAvailable: true }, async (calm) => {
    if (calm) registration.waiting?.postMessage("activate");
  });
}

/** Registers the worker; does nothing where there are none. Returns the registration or null. */
export async function start(url = "/patrols/worker.js") {
  if (!("serviceWorker" in navigator)) return null;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled && !vault.current()) location.reload();
  });
  let registration;
  try {
    const how = { scope: "/", updateViaCache: "none" };
    registration = await navigator.serviceWorker.register(url, how);
  } catch {
    // No network, or a browser that allows none here: the next start tries again.
    return (await navigator.serviceWorker.getRegistration("/")) ?? null;
  }
  const look = () => activate(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  vault.events.addEventListener("lock", () => vault.released().then(look));
  await look();
  return registration;
}

/** Tells whether the app can be opened without a network. */
export async function ready() {
  return Boolean(await caches.match("/patrols/app?lang=zh", { ignoreVary: true }));
}
