// One shop: when it was last seen, what is still open, what to mind; then nothing wrong, or something.

import { chip, part } from "../fill.js";
import * as draft from "../draft.js";
import * as drafts from "../drafts.js";
import { nameOf, standing } from "../items.js";
import { me } from "../person.js";
import * as place from "../place.js";
import * as round from "../round.js";
import { go } from "../router.js";
import { ago, lately, moment, say } from "../words.js";

const TONES = { green: "good", yellow: "wait", red: "bad", grey: "off" };
const SCANS = ["camera", "typed", "list", "link"];

// What is known of the shop behind an address: {shop, token, standing}.
function found(name, about) {
  if (name === "shop") {
    const shop = round.byNumber(about);
    return shop && { shop, token: shop.t, standing: "current" };
  }
  const known = round.byToken(about);
  if (known) return { ...known, token: known.shop.t ?? about };
  const shop = { n: "", name: say("door.unknown"), addr: "", open: [], seen: null, by_me: null };
  return { shop, token: about, standing: "unknown" };
}

function findingRow(each, now) {
  const due = each.due_at ? say("due_at", { at: moment(each.due_at, now) }) : false;
  return part("finding", { name: nameOf(each.code), code: each.code, state: standing(each, now), due });
}

function warn(view, shop, kind, now) {
  const when = { seen_by_you_recently: shop.by_me };
  const lines = round.warnings(shop, kind, now).map((code) =>
    part("line", { text: say(`warn.${code}`, { when: when[code] ? lately(when[code], now) : "" }) }));
  view.fill({ warning_block: lines.length > 0, warnings: lines });
}

function show(view, { shop, standing }, kind, now) {
  const open = shop.open ?? [];
  const inspecting = kind === "inspection";
  view.fill({
    addr: shop.addr,
    name: shop.name,
    number: shop.n,
    colour: shop.colour ? chip(TONES[shop.colour], say(`colour.${shop.colour}`)) : false,
    unknown: standing === "unknown",
    withdrawn: standing === "withdrawn",
    facts: standing !== "unknown",
    seen: shop.seen
      ? `${ago(shop.seen, now)}${shop.by_me === shop.seen ? say("by_me") : ""}` : say("seen.never"),
    every: shop.every ? say("every", { n: shop.every }) : false,
    cap_name: inspecting,
    cap: inspecting && say(shop.cap ? "cap" : "cap.none", { n: shop.insp ?? 0, cap: shop.cap }),
    open_block: open.length > 0,
    open_count: String(open.length),
    open: open.map((each) => findingRow(each, now)),
  });
}

function kindKeys(view, kinds, kind) {
  const keys = kinds.map((each) => {
    const key = part("kind", { kind: say(`kind.${each}`) });
    key.dataset.value = each;
    key.setAttribute("aria-pressed", String(each === kind));
    return key;
  });
  view.fill({ kinds: keys.length > 1 ? keys : false });
}

export async function door(view, about, params) {
  const here = found(params.keys().next().value, about);
  if (!here) return "home";
  const now = new Date();
  const kinds = me().kinds.filter((each) => ["patrol", "inspection"].includes(each));
  let kind = kinds.includes("patrol") ? "patrol" : kinds[0];
  const scan = SCANS.includes(params.get("scan")) ? params.get("scan") : "link";
  const draw = () => {
    show(view, here, kind, now);
    warn(view, here.shop, kind, now);
    kindKeys(view, kinds, kind);
  };
  draw();
  const left = (await drafts.begun()).filter((each) => each.draft.door === here.token);
  view.fill({
    draft_note: left.length > 0,
    resume_line: left.length ? say("draft.here", { when: lately(left[0].at, now) }) : false,
  });
  view.set("resume", { href: left.length ? `#${drafts.screenOf(left[0].draft)}` : null });
  view.on("kind", ({ value }) => {
    kind = value;
    draw();
  });
  const begin = async (clean) => {
    const id = draft.newId();
    const at = draft.beijing(now);
    const begun = draft.begin({ id, shop: here.shop, token: here.token, kind, scan, at, clean });
    await drafts.save(begun);
    go(`${clean ? "record" : "pick"}=${id}`);
  };
  view.on("clean", () => begin(true));
  view.on("fault", () => begin(false));
  place.begin();
  return null;
}

