// A code that is not what it should be: what is known of it, and reporting it.

import * as drafts from "../drafts.js";
import { beijing } from "../draft.js";
import { chip } from "../fill.js";
import { faultOf } from "../faults.js";
import * as place from "../place.js";
import { queue } from "../queue.js";
import { go } from "../router.js";
import { strip } from "../shots.js";
import { known, say } from "../words.js";

const TONES = { foreign: "wait", lookalike: "bad", withdrawn: "wait", unknown: "wait" };

function show(view, draft) {
  const { verdict, why, content, token, photos } = draft;
  const explained = known(`why.${why}`) ? ` ${say(`why.${why}`)}` : "";
  const ours = ["withdrawn", "unknown"].includes(verdict);
  view.fill({
    state: chip(TONES[verdict] ?? "wait", say(`verdict.${verdict}`)),
    title: say(`code.${verdict}`),
    line: say(`code.${verdict}.line`) + explained,
    content,
    dont: !ours,
    photos: strip(view, photos.map((sha256) => ({ sha256 }))),
    onward: ours && Boolean(token) ? say("code.onward") : false,
  });
  view.slot("onward").className = "govuk-button";
  view.slot("report").className = ours ? "govuk-button govuk-button--secondary" : "govuk-button";
  view.set("onward", { href: `#door=${token}&scan=${draft.scan}` });
}

export async function suspect(view, id) {
  const draft = await drafts.load(id);
  if (!draft) return "scan";
  show(view, draft);
  place.begin();
  view.on("photo", () => go(`shoot=${id}`));
  view.on("unshoot", async ({ sha256 }) => {
    draft.photos = draft.photos.filter((each) => each !== sha256);
    await drafts.save(draft);
    show(view, draft);
  });
  view.on("report", async () => {
    const { content, verdict, seen_at: seenAt, photos, number, name, why } = draft;
    const at = beijing(new Date(seenAt));
    const body = { content, verdict, seen_at: at, photos, origin: { scan: draft.scan } };
    const position = await place.now();
    if (position) body.position = position;
    if (number) body.shop = number;
    if (why) body.why = why;
    try {
      await queue.add({ id, kind: "suspect_code", body, shop: { number: number ?? "", name }, photos, draft: id });
      go("reported", { replace: true });
    } catch (error) {
      view.fill({ line: faultOf(error) });
    }
  });
  return null;
}

export function reported() {}
