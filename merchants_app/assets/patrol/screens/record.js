// The record before it is saved: the faults with their photos, what an inspection needs, and save.

import * as build from "../draft.js";
import * as device from "../device.js";
import * as drafts from "../drafts.js";
import { part } from "../fill.js";
import { faultOf } from "../faults.js";
import { card } from "../items.js";
import { me } from "../person.js";
import * as place from "../place.js";
import { queue } from "../queue.js";
import * as round from "../round.js";
import { go } from "../router.js";
import { assets, say } from "../words.js";
import { back } from "./pick.js";

const FIELDS = ["officer", "plan", "plan_ref", "merchant_code", "note"];

function plans(view, draft) {
  const known = round.state()?.plans ?? [];
  const options = [["", say("plan.choose")], ...known.map((each) => [each.ref, `${each.ref} ${each.title}`]), ["other", say("plan.other")]];
  view.slot("plans").replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (!known.length && !draft.plan) draft.plan = "other";
  view.field("plan").value = draft.plan;
}

function shown(view, draft) {
  const inspecting = draft.kind === "inspection";
  view.fill({
    name: draft.name,
    number: draft.number,
    title: draft.items.length ? say("record.faults", { n: draft.items.length }) : say("record.clean"),
    items: draft.items.length ? draft.items.map((item) => card(view, draft, item)) : false,
    add: say(draft.items.length ? "record.more" : "record.add"),
    inspection: inspecting,
    certificate: me().certificate ?? "",
    save: draft.items.length ? say("save.faults", { n: draft.items.length }) : say("save"),
  });
  const ref = view.root.querySelector('[data-field="plan_ref"]');
  ref.hidden = !inspecting || draft.plan !== "other";
}

// Says what is missing, at the top and at each field, and leads to the first.
function complain(view, faults) {
  for (const field of [...FIELDS, "credentials"]) view.fill({ [`${field}_error`]: false });
  view.fill({
    faults: faults.length > 0,
    fault_list: faults.map(([field, code]) => {
      const line = part("fault", { text: say(code) });
      line.querySelector("a").dataset.field = field;
      return line;
    }),
  });
  for (const [field, code] of faults) view.fill({ [`${field}_error`]: say(code) });
  if (faults.length) view.slot("faults").focus();
}

async function save(view, draft) {
  const { certificate } = me();
  const faults = build.lacking(draft, { certificate });
  complain(view, faults);
  if (faults.length) return;
  const button = view.slot("save");
  button.disabled = true;
  button.textContent = say("saving");
  const offset = await device.offset();
  const sent = build.body(draft, {
    at: new Date(),
    position: await place.now(),
    offset,
    version: assets.version,
    certificate,
  });
  const shop = { number: draft.number, name: draft.name };
  const made = { id: draft.id, kind: "patrol", body: sent, shop };
  try {
    await queue.add({ ...made, photos: build.photosOf(draft), draft: draft.id });
  } catch (error) {
    button.disabled = false;
    shown(view, draft);
    view.fill({ faults: true, fault_list: [part("line", { text: faultOf(error) })] });
    view.slot("faults").focus();
    return;
  }
  await round.note(made).catch(() => {}); // The record is kept; that it counts here is a comfort.
  go(`saved=${draft.id}`, { replace: true });
}

// What is said of a fault at a touch: who did it, whether it is put right, the same one or another.
function touch(view, draft, keep) {
  const of = (pressed) => draft.items.find((each) => each.code === pressed.closest("[data-code]").dataset.code);
  // Shown first, kept behind it: what is typed meanwhile goes into a field that stays.
  const change = (name, work) => view.on(name, async (_, pressed) => {
    const item = of(pressed);
    const next = work(item);
    if (next) {
      await keep();
      go(next);
      return;
    }
    shown(view, draft);
    const again = view.root.querySelector(`section[data-code="${item.code}"] [data-do="${name}"]`);
    const note = name === "write" && item.writing && view.field(`note-${item.code}`);
    (note || again || view.slot("add")).focus();
    keep();
  });
  change("third", (item) => { item.cause = item.cause === "third_party" ? "merchant" : "third_party"; });
  change("same", (item) => { item.separate = false; });
  change("separate", (item) => { item.separate = true; });
  change("write", (item) => { item.writing = !item.writing; });
  change("shoot", (item) => `shoot=${draft.id}&code=${item.code}${item.fixed ? "&role=after" : ""}`);
  change("fixed", (item) => {
    item.fixed = !item.fixed;
    if (!item.fixed) item.before.push(...item.after.splice(0));
    return item.fixed ? `shoot=${draft.id}&code=${item.code}&role=after` : null;
  });
  change("remove", (item) => { build.removeItem(draft, item.code); });
  view.on("unshoot", async ({ sha256 }, pressed) => {
    const item = of(pressed);
    item.before = item.before.filter((each) => each !== sha256);
    item.after = item.after.filter((each) => each !== sha256);
    shown(view, draft);
    keep();
  });
}

export async function record(view, id) {
  const draft = await drafts.load(id);
  if (!draft) return "home";
  const keep = () => drafts.save(draft).catch((error) => {
    view.fill({ faults: true, fault_list: [part("line", { text: faultOf(error) })] });
  });
  plans(view, draft);
  shown(view, draft);
  view.fill({ place_known: false, place_unknown: false, faults: false });
  view.set("back", { href: back(draft) });
  for (const name of FIELDS) if (view.field(name)) view.field(name).value = draft[name];
  view.field("credentials").checked = draft.credentials;
  if (draft.merchant_code || draft.note) view.slot("more").open = true;
  view.listen(view.root, "input", ({ target }) => {
    const code = /^note-([A-Z]\d\d)$/.exec(target.name)?.[1];
    if (code) draft.items.find((each) => each.code === code).note = target.value;
    else if (target.name === "credentials") draft.credentials = target.checked;
    else if (FIELDS.includes(target.name)) draft[target.name] = target.value;
    if (target.name === "plan") view.root.querySelector('[data-field="plan_ref"]').hidden = draft.plan !== "other";
    keep();
  });
  touch(view, draft, keep);
  view.on("add", () => go(`pick=${id}`));
  view.on("save", () => save(view, draft));
  view.on("lead", ({ field }) => (view.field(field) ?? view.slot(field)).focus());
  place.begin((found) => view.fill({
    place_known: Boolean(found),
    accuracy: found ? say("metres", { n: found.accuracy_m }) : false,
    place_unknown: !found,
  }));
  return null;
}

