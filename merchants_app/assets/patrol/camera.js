// The camera: opened for scanning and photos, handed back when nobody has looked through it for a few
// seconds, at once when the page is hidden. Opening one takes a phone up to a second, so from the scan
// to the photo, and from one photo to the next, it stays open.
//
// Errors carry a `code` that the screen has words for: camera.denied (the person or the phone says
// no), camera.none (there is none), camera.busy (another app holds it), camera.unsupported (no
// camera in this browser, or a page without HTTPS).

import { reduce } from "./photo.js";

const CHOICE = "menqian.camera";
const LINGER_MS = 4000;
const REASONS = {
  NotAllowedError: "camera.denied",
  SecurityError: "camera.denied",
  NotFoundError: "camera.none",
  OverconstrainedError: "camera.none",
  NotReadableError: "camera.busy",
  AbortError: "camera.busy",
};

export class CameraError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// What is wanted of the camera, null while nobody wants it; each opening has its own object, so that
// one that is overtaken while the phone still asks for permission gives its stream back.
let wanted = null;
let stream = null;
let streamOf = ""; // which camera the stream is of
let leaving = 0;

const track = () => stream?.getVideoTracks()[0] ?? null;

function release() {
  clearTimeout(leaving);
  for (const each of stream?.getTracks() ?? []) each.stop();
  stream = null;
}

function constraints({ facing, deviceId }) {
  const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: facing } };
  return { audio: false, video: { ...which, ...size } };
}

async function streamFor(asked) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("camera.unsupported");
  try {
    return await navigator.mediaDevices.getUserMedia(constraints(asked));
  } catch (error) {
    throw new CameraError(REASONS[error.name] ?? "camera.busy");
  }
}

const nameOf = ({ facing, deviceId }) => deviceId ?? facing;

async function show(mine) {
  mine.video.srcObject = stream;
  await mine.video.play().catch(() => {}); // a second opening overtakes the first
}

async function start(mine) {
  clearTimeout(leaving);
  if (isOpen() && streamOf === nameOf(mine)) return show(mine);
  release(); // many phones open one camera at a time
  let got;
  try {
    got = await streamFor(mine);
  } catch (error) {
    // A camera chosen last month may be gone, or named anew by the browser.
    if (error.code !== "camera.none" || !mine.remembered) throw error;
    localStorage.removeItem(CHOICE);
    got = await streamFor({ facing: mine.facing });
  }
  if (wanted !== mine || document.hidden || stream) {
    for (const each of got.getTracks()) each.stop();
    return undefined;
  }
  stream = got;
  streamOf = nameOf(mine);
  track().addEventListener("ended", () => stream === got && lost());
  return show(mine);
}

// Another app took the camera, or it was unplugged: try once, then say so.
function lost() {
  release();
  const mine = wanted;
  if (mine) start(mine).catch((error) => mine.onLost?.(error));
}

/**
 * Show a camera in `video`; resolve when the picture runs. `facing` is "environment" or "user";
 * `deviceId`, one of `cameras()`, is remembered for the next time. `onLost(error)` is called when the
 * picture ends by itself and does not come back. While the page is hidden the camera is off.
 */
export async function open(video, { facing = "environment", deviceId, onLost } = {}) {
  const last = facing === "environment" ? localStorage.getItem(CHOICE) : null;
  if (deviceId) localStorage.setItem(CHOICE, deviceId);
  const chosen = deviceId ?? last ?? undefined;
  wanted = { video, facing, deviceId: chosen, remembered: Boolean(chosen), onLost };
  video.muted = true;
  video.playsInline = true;
  const mine = wanted;
  try {
    await start(mine);
  } catch (error) {
    if (wanted === mine) wanted = null;
    throw error;
  }
}

/** Look away: the lamp goes off at once, the camera when nobody opens it again in a few seconds. */
export function close() {
  const video = wanted?.video;
  wanted = null;
  if (video) video.srcObject = null;
  torch(false);
  clearTimeout(leaving);
  leaving = setTimeout(release, LINGER_MS);
}

/** Return whether the camera runs. */
export const isOpen = () => track()?.readyState === "live";

/** Return [{id, label, current}]; the labels come from the phone, once it gave permission. */
export async function cameras() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const current = track()?.getSettings().deviceId;
  return all
    .filter((each) => each.kind === "videoinput" && each.deviceId)
    .map(({ deviceId, label }) => ({ id: deviceId, label, current: deviceId === current }));
}

/** Return whether the running camera has a lamp. */
export const hasTorch = () => Boolean(track()?.getCapabilities?.().torch);

/** Switch the lamp; return whether it is on now. */
export async function torch(on) {
  if (!hasTorch()) return false;
  try {
    await track().applyConstraints({ advanced: [{ torch: on }] });
    return on;
  } catch {
    return false;
  }
}

/** Return what the camera shows now, as a photo ready to be kept; throws CameraError without one. */
export async function shoot(video) {
  if (!video.videoWidth) throw new CameraError("camera.busy");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return reduce(canvas);
}

document.addEventListener("visibilitychange", () => {
  const mine = wanted;
  if (document.hidden) release();
  else if (mine) start(mine).catch((error) => mine.onLost?.(error));
});
window.addEventListener("pagehide", release);

export { scan, warm } from "./scan.js";
