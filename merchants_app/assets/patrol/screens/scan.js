// The viewfinder: what it reads is opened, or said to be something else. The number typed does the same.

import * as camera from "../camera.js";
import { read } from "../code.js";
import * as drafts from "../drafts.js";
import { newId } from "../draft.js";
import { known as hasWord } from "../words.js";
import * as round from "../round.js";
import { go } from "../router.js";
import { say } from "../words.js";

const asked = (text) => read(text, { host: round.state()?.host ?? location.host, round });

const doorHash = (token, how) => `door=${encodeURIComponent(token)}&scan=${how}`;

// Remembers what was read, so that it can be reported, photographed and found again after a reload.
async function suspected(text, found) {
  const draft = {
    id: newId(), content: text.slice(0, 2000), verdict: found.verdict, why: found.why ?? null,
    token: found.token ?? null, number: found.shop?.n ?? null, name: found.shop?.name ?? "",
    scan: "camera", seen_at: new Date().toISOString(), photos: [],
  };
  await drafts.save(draft);
  go(`suspect=${draft.id}`, { replace: true });
}

export async function scan(view) {
  const video = view.slot("video");
  view.fill({ no_camera: false });
  let told = false;
  const line = (code) => {
    view.slot("line").textContent = say(code);
  };
  const onText = (text) => {
    const found = asked(text);
    if (found.verdict === "nonsense") return line("scan.nothing");
    if (told) return undefined;
    told = true;
    navigator.vibrate?.(60);
    if (found.verdict === "ours") return go(doorHash(found.token, "camera"), { replace: true });
    if (found.verdict === "number" && found.shop) {
      return go(`shop=${encodeURIComponent(found.shop.n)}&scan=camera`, { replace: true });
    }
    return suspected(text, found);
  };
  view.listen(view.slot("typed"), "submit", (event) => {
    event.preventDefault();
    const typed = view.field("number").value;
    const found = asked(typed);
    if (found.shop) return go(`shop=${encodeURIComponent(found.shop.n)}&scan=typed`, { replace: true });
    if (found.token) return go(doorHash(found.token, "typed"), { replace: true });
    view.fill({ number_error: say(found.verdict === "number" ? "scan.not_here" : "scan.bad_number") });
    return view.field("number").focus();
  });
  lookThrough(view, video, { line, onText });
}

// The camera starts beside the screen: the number can be typed while the phone asks for permission.
async function lookThrough(view, video, { line, onText }) {
  let stop = () => {};
  view.leave(() => {
    stop();
    camera.close();
  });
  const without = (error) => {
    view.root.querySelector(".viewer").classList.add("viewer--off");
    view.fill({ no_camera: true, no_camera_line: say(hasWord(error.code) ? error.code : "camera.busy") });
  };
  try {
    await camera.open(video, { onLost: without });
  } catch (error) {
    return without(error);
  }
  line("scan.aim");
  stop = camera.scan(video, onText, {
    prefer: (text) => asked(text).verdict === "ours",
    onError: () => line("scan.no_decoder"),
  });
  return tools(view, video, without);
}

// The lamp and the other cameras, where there are any.
export async function tools(view, video, without) {
  const all = await camera.cameras();
  view.fill({ torch: camera.hasTorch(), turn: all.length > 1 });
  view.on("torch", async (_, key) => {
    const on = await camera.torch(key.getAttribute("aria-pressed") !== "true");
    key.setAttribute("aria-pressed", String(on));
  });
  view.on("turn", async () => {
    const now = await camera.cameras();
    const next = now[(now.findIndex((each) => each.current) + 1) % now.length];
    await camera.open(video, { deviceId: next.id, onLost: without }).catch(without);
    view.fill({ torch: camera.hasTorch() });
  });
}
