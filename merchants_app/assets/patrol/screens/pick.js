// What is wrong: the points this person uses most come first, then the guarantees one by one.

import { addItem } from "../draft.js";
import * as drafts from "../drafts.js";
import { catalogue, openAt, point } from "../items.js";
import { part } from "../fill.js";
import * as round from "../round.js";
import { go } from "../router.js";
import { say } from "../words.js";

const OFTEN = 6;
const ORDER = ["hygiene", "appearance", "order", "waste", "notices"];

export async function pick(view, id) {
  const draft = await drafts.load(id);
  if (!draft) return "home";
  const inside = draft.kind === "inspection";
  const items = catalogue().filter((each) => inside || !each.officer_only);
  const usual = (round.state()?.frequent ?? []).map((code) => items.find((each) => each.code === code));
  const often = [...usual.filter(Boolean), ...items.filter((each) => each.severity > 0)];
  const groups = new Map([["often", [...new Set(often)].slice(0, OFTEN)]]);
  for (const heading of ORDER) {
    const own = items.filter((each) => each.heading === heading);
    if (own.length) groups.set(heading, own);
  }
  const show = (heading) => {
    view.fill({
      headings: [...groups.keys()].map((each) => {
        const key = part("kind", { kind: say(`heading.${each}`) });
        key.dataset.do = "heading";
        key.dataset.value = each;
        key.setAttribute("aria-pressed", String(each === heading));
        return key;
      }),
      points: groups.get(heading).map((each) => point(each, draft.number)),
    });
  };
  view.fill({ name: draft.name, inside: !inside });
  view.set("back", { href: draft.items.length ? `#record=${id}` : back(draft) });
  show("often");
  view.on("heading", ({ value }) => {
    show(value);
    view.root.querySelector(`[data-do="heading"][data-value="${value}"]`).focus();
  });
  view.on("point", async ({ code }) => {
    addItem(draft, code, openAt(draft.number, code));
    await drafts.save(draft);
    go(`shoot=${id}&code=${code}`, { replace: true });
  });
  return null;
}

export const back = (draft) => (draft.number ? `#shop=${encodeURIComponent(draft.number)}` : `#door=${draft.door}`);
