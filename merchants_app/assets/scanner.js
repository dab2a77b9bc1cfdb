// The decoder: a worker of its own, so that reading a frame never holds up a finger. Where the phone
// brings a detector of QR codes, that one reads; else, or once it fails (it needs services that many
// phones lack), zxing does, whose WebAssembly is our own static file.
//
// In: {wasm: address} once, then {frame: ImageBitmap or ImageData} one at a time. Out: {ready} once, then for each
// frame {texts: [...], ms}, the text nearest to the middle of the frame first.

import { BarcodeDetector as OwnDetector, prepareZXingModule } from "barcode-detector/ponyfill";

const FORMATS = ["qr_code"];
let detector;
let isOwn = false;

async function phonesDetector() {
  try {
    const known = await self.BarcodeDetector.getSupportedFormats();
    return known.includes("qr_code") ? new self.BarcodeDetector({ formats: FORMATS }) : null;
  } catch {
    return null;
  }
}

async function useOwn() {
  await prepareZXingModule({ fireImmediately: true });
  detector = new OwnDetector({ formats: FORMATS });
  isOwn = true;
}

async function start(wasm) {
  // Without this the library fetches the file from a public CDN.
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  detector = await phonesDetector();
  if (!detector) await useOwn();
}

async function detect(frame) {
  try {
    return await detector.detect(frame);
  } catch (error) {
    if (isOwn) throw error;
    await useOwn();
    return detector.detect(frame);
  }
}

function fromTheMiddle({ width, height }) {
  return ({ boundingBox: box }) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2);
}

async function read(frame) {
  const begun = performance.now();
  const away = fromTheMiddle(frame);
  const found = (await detect(frame)).filter((code) => code.rawValue);
  const texts = found.sort((a, b) => away(a) - away(b)).map((code) => code.rawValue);
  frame.close?.();
  return { texts, ms: performance.now() - begun };
}

let started;

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.wasm) {
      started = start(data.wasm);
      await started;
      self.postMessage({ ready: true, own: isOwn });
      return;
    }
    await started;
    self.postMessage(await read(data.frame));
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
});
