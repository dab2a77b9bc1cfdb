// A record that was just saved, and how far it has come: this screen never says more than is proved.

import { part } from "../fill.js";
import { nameOf } from "../items.js";
import * as place from "../place.js";
import { queue } from "../queue.js";
import * as round from "../round.js";
import { numberOf, stoppedLine } from "../states.js";
import { say, time } from "../words.js";

const STAGES = ["saved", "sent", "received", "ledger"];
const REACHED = { saved: 0, sending: 0, sent: 1, received: 2, ledger: 3 };

// The next shop of the same lane that needs a visit, else of the round.
function nextAfter(number) {
  const now = new Date();
  const here = round.byNumber(number);
  const left = round.sorted("need", { position: place.known(), now }).filter((shop) => {
    return shop.n !== number && (shop.need.due || shop.need.overdue);
  });
  return left.find((shop) => shop.lane === here?.lane) ?? left[0] ?? null;
}

async function draw(view, id) {
  const record = (await queue.list()).find((each) => each.id === id);
  if (!record) return false;
  const status = await queue.status();
  const reached = REACHED[record.state] ?? 0;
  view.fill({
    name: record.shop?.name,
    number: record.shop?.number,
    title: say(`${STAGES[reached]}.title`),
    stage_saved: time(record.at),
    stage_received: numberOf(record),
    stage_ledger: record.state === "ledger" ? say("at.index", { n: record.receipt.seq }) : false,
    stopped: reached < 2 ? stoppedLine(status) : false,
    again: (record.answer?.again ?? []).length > 0,
    again_list: (record.answer?.again ?? []).map(({ code }) => part("line", { text: nameOf(code) })),
    trouble: ["conflict", "refused"].includes(record.state),
  });
  view.set("trouble_way", { href: `#${record.state}=${id}` });
  for (const stage of view.root.querySelectorAll("[data-stage]")) {
    const at = STAGES.indexOf(stage.dataset.stage);
    stage.classList.toggle("stages__stage--done", at <= reached);
    if (at === reached) stage.setAttribute("aria-current", "step");
    else stage.removeAttribute("aria-current");
  }
  return record;
}

export async function saved(view, id) {
  const record = await draw(view, id);
  if (!record) return "home";
  const next = record.shop?.number ? nextAfter(record.shop.number) : null;
  view.fill({ next: next ? say("next", { shop: next.name }) : false });
  view.set("next", { href: next ? `#shop=${encodeURIComponent(next.n)}&scan=list` : null });
  view.listen(queue, "change", () => draw(view, id).catch(() => {}));
  return null;
}
