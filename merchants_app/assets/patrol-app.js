// The patroller's app. What stands at the end are the parts it is made of, for whoever loads this
// very file again: browser tests drive them, and get the same instances.

import { start } from "./patrol/app.js";

start();

export * as camera from "./patrol/camera.js";
export * as code from "./patrol/code.js";
export * as device from "./patrol/device.js";
export * as net from "./patrol/net.js";
export * as photo from "./patrol/photo.js";
export * as queue from "./patrol/queue.js";
export * as receipt from "./patrol/receipt.js";
export * as round from "./patrol/round.js";
export * as store from "./patrol/store.js";
export * as updates from "./patrol/updates.js";
export * as vault from "./patrol/vault.js";
