// The camera for a record: one touch, one photo, straight into the sealed store.

import * as camera from "../camera.js";
import { MOST_PHOTOS } from "../draft.js";
import * as drafts from "../drafts.js";
import { faultOf } from "../faults.js";
import { nameOf } from "../items.js";
import { reduce } from "../photo.js";
import { queue } from "../queue.js";
import { go } from "../router.js";
import { known, say } from "../words.js";
import { tools } from "./scan.js";

// Where a photo belongs: of a fault before or after it was put right, or of a suspicious code.
function placeFor(draft, params) {
  if (draft.content !== undefined) {
    return { list: draft.photos, title: say("shoot.code"), onward: `suspect=${draft.id}` };
  }
  const item = draft.items.find((each) => each.code === params.get("code"));
  const fixed = params.get("role") === "after";
  const title = say(fixed ? "shoot.fixed" : "shoot.title", { name: item && nameOf(item.code) });
  return item && { list: fixed ? item.after : item.before, title, onward: `record=${draft.id}`, item };
}

export async function shoot(view, id, params) {
  const draft = await drafts.load(id);
  const place = draft && placeFor(draft, params);
  if (!place) return "home";
  const video = view.slot("video");
  const line = (text) => {
    view.slot("line").textContent = text;
  };
  const onward = () => go(place.onward, { replace: true });
  const keep = async (source) => {
    try {
      if (place.list.length >= MOST_PHOTOS) return line(say("shoot.most"));
      const { sha256 } = await queue.keepPhoto(await source());
      if (!place.list.includes(sha256)) place.list.push(sha256);
      await drafts.save(draft);
      return onward();
    } catch (error) {
      view.slot("take").disabled = false;
      return line(faultOf(error));
    }
  };
  view.fill({ title: place.title, fallback: false, no_camera: false, done: place.list.length > 0, skip: !place.list.length });
  line(place.list.length ? say("shoot.kept", { n: place.list.length }) : "");
  view.on("take", () => {
    view.slot("take").disabled = true;
    keep(() => camera.shoot(video));
  });
  view.on("skip", onward);
  view.on("done", onward);
  view.listen(view.field("picture"), "change", ({ target }) => {
    const [file] = target.files;
    if (file) keep(() => reduce(file));
  });
  view.leave(() => camera.close());
  const without = (error) => {
    view.root.querySelector(".viewer").classList.add("viewer--off");
    view.slot("take").hidden = true;
    view.fill({ fallback: true, no_camera: true, no_camera_line: say(known(error.code) ? error.code : "camera.busy") });
  };
  view.slot("take").disabled = true;
  camera.open(video, { onLost: without }).then(() => {
    view.slot("take").disabled = false;
    return tools(view, video, without);
  }, without);
  return null;
}
