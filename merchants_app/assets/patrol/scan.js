// Looks through the camera for codes: a few frames a second, first the middle, where people aim, then
// the whole picture, each made small enough for the decoder. Decoding happens in a worker; what
// remains here is drawing a frame.

const EVERY_MS = 125;
const STEADY_MS = 600;
const AGAIN_MS = 3000; // the same code in view is told once, and again after it was gone this long
const MIDDLE = { share: 0.75, longest: 720 };
const WHOLE = { share: 1, longest: 1280 };

let decoder = null;

class Decoder {
  constructor() {
    const { scanner, wasm } = JSON.parse(document.getElementById("assets").textContent);
    this.worker = new Worker(scanner, { type: "module" });
    this.worker.onmessage = ({ data }) => this.#answer(data);
    this.worker.onerror = () => this.#answer({ failed: "worker" });
    this.ready = this.#ask({ wasm });
    this.turn = this.ready;
  }

  // One frame at a time, also across two scans: each is answered for itself.
  read(frame) {
    const answer = this.turn.then(() => this.#ask({ frame }, [frame.data?.buffer ?? frame]));
    this.turn = answer.catch(() => {});
    return answer;
  }

  #ask(message, transferred = []) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(message, transferred);
    });
  }

  #answer(data) {
    if (data.failed) this.waiting?.reject(new Error(data.failed));
    else this.waiting?.resolve(data);
  }
}

/** Fetch and start the decoder, so that the first scan finds it ready; rejects when it cannot. */
export function warm() {
  decoder ??= new Decoder();
  return decoder.ready.catch((error) => {
    decoder?.worker.terminate();
    decoder = null;
    throw error;
  });
}

// Which part of the video, [left, top, width, height], and how large it is handed over.
function part(video, { share, longest }) {
  const { videoWidth: width, videoHeight: height } = video;
  const shorter = Math.min(width, height) * share;
  const [across, down] = share < 1 ? [shorter, shorter] : [width, height];
  const scale = Math.min(1, longest / Math.max(across, down));
  const from = [(width - across) / 2, (height - down) / 2, across, down];
  return { from, width: Math.round(across * scale), height: Math.round(down * scale) };
}

const canvas = document.createElement("canvas");

// Reading pixels back holds up the page, so it is left to the worker wherever the worker can.
async function frameOf(video, wanted) {
  const { from, width, height } = part(video, wanted);
  if (self.OffscreenCanvas) {
    const size = { resizeWidth: width, resizeHeight: height, resizeQuality: "low" };
    return createImageBitmap(video, ...from, size);
  }
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, ...from, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

// What is in the middle, and, unless that is what one hopes for, what else is in the picture.
async function look(video, prefer) {
  const seen = [];
  for (const wanted of [MIDDLE, WHOLE]) {
    const frame = await frameOf(video, wanted).catch(() => null); // the picture is just changing
    if (!frame) break;
    const { texts } = await decoder.read(frame);
    seen.push(...texts);
    if (texts.some(prefer)) break;
  }
  return seen.find(prefer) ?? seen[0];
}

function nextFrame(video, call) {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(call);
  else setTimeout(call, EVERY_MS);
}

/**
 * Call `onText(text)` for each code that comes into view of `video`; return a function that stops.
 *
 * What `prefer(text)` takes is told at once. Any other code only when it stays in view: pay codes
 * hang beside ours, and a phone being raised sweeps over them. Of several the one nearest to the
 * middle is told. `onError(error)` says that there is no decoder.
 */
export function scan(video, onText, { prefer = () => false, onError = () => {} } = {}) {
  let running = true;
  let last = { text: null, at: 0 };
  let staying = { text: null, since: 0 };

  function tell(text) {
    const now = performance.now();
    if (text !== staying.text) staying = { text, since: now };
    if (text === undefined) return;
    if (!prefer(text) && now - staying.since < STEADY_MS) return;
    const isNew = text !== last.text || now - last.at > AGAIN_MS;
    last = { text, at: now };
    if (isNew) onText(text);
  }

  async function tick() {
    if (!running) return;
    const begun = performance.now();
    try {
      const text = video.readyState >= video.HAVE_CURRENT_DATA ? await look(video, prefer) : undefined;
      if (running) tell(text);
    } catch (error) {
      if (running) onError(error);
      return;
    }
    const rest = Math.max(0, EVERY_MS - (performance.now() - begun));
    setTimeout(() => running && nextFrame(video, tick), rest);
  }

  warm().then(tick, (error) => running && onError(error));
  return () => {
    running = false;
  };
}
