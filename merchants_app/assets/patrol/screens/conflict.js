// What the server holds otherwise, or does not take: shown whole, decided by the person, never by us.

import { faultOf } from "../faults.js";
import { part } from "../fill.js";
import { nameOf } from "../items.js";
import { queue } from "../queue.js";
import { go } from "../router.js";
import { problemLine } from "../states.js";
import { moment, say } from "../words.js";

const photosIn = (body) => [...(body.photos ?? []), ...(body.items ?? []).flatMap((each) => each.photos ?? [])];

function itemLine({ code, note, fixed_on_spot: fixed, cause }) {
  const more = [cause === "third_party" && say("cause.third_party"), fixed && say("fixed"), note].filter(Boolean);
  return [`${nameOf(code)} (${code})`, ...more].join(" · ");
}

// A body as terms and words, the same for both sides.
function facts(body, kind) {
  if (!body) return [];
  const faults = (body.items ?? []).filter((each) => each.result === "fault");
  const rows = kind === "suspect_code"
    ? [["fact.at", moment(body.seen_at)], ["fact.content", body.content]]
    : [
      ["fact.kind", say(`kind.${body.kind}`)],
      ["fact.at", moment(body.observed_at)],
      ["fact.result", faults.length ? faults.map(itemLine).join("\n") : say("record.clean")],
      ["fact.note", body.note || say("fact.none")],
      ["fact.officers", body.officers?.join(" · ")],
      ["fact.plan", body.plan_ref],
    ];
  rows.push(["fact.photos", say("photos", { n: photosIn(body).length })]);
  return rows.filter(([, text]) => text).map(([term, text]) => part("fact", { term: say(term), text }));
}

// A record whose content cannot be read any more is still one to decide on.
async function known(id) {
  const record = (await queue.list()).find((each) => each.id === id);
  if (!["conflict", "refused"].includes(record?.state)) return null;
  const content = await queue.content(id).catch(() => null);
  return { record, content: content ?? { kind: record.kind, shop: record.shop, body: null } };
}

// A decision is taken once, however often it is pressed; what keeps it from that is told.
function settling(view, id) {
  let busy = false;
  return (decision) => async () => {
    if (busy) return;
    busy = true;
    view.fill({ fault: false });
    try {
      await queue.settle(id, decision);
      go("queue", { replace: true });
    } catch (error) {
      view.fill({ fault: faultOf(error) });
    } finally {
      busy = false;
    }
  };
}

export async function conflict(view, id) {
  const found = await known(id);
  if (!found) return "queue";
  const { record, content } = found;
  const theirs = record.other?.body;
  view.fill({
    name: content.shop?.name, number: content.shop?.number,
    mine: facts(content.body, content.kind),
    theirs: theirs ? facts(theirs, content.kind) : false,
    theirs_unknown: !theirs,
  });
  const settle = settling(view, id);
  view.on("mine", settle("mine")).on("theirs", settle("theirs"));
  return null;
}

export async function refused(view, id) {
  const found = await known(id);
  if (!found) return "queue";
  const { record, content } = found;
  view.fill({
    name: content.shop?.name, number: content.shop?.number,
    why: problemLine(record),
    mine: facts(content.body, content.kind),
    details: (record.fields ?? []).map(({ detail }) => part("line", { text: detail })),
    drop_really: false,
    intact: Boolean(content.body),
  });
  const settle = settling(view, id);
  view.on("desk", settle("desk")).on("again", settle("again")).on("drop_really", settle("drop"));
  view.on("drop", () => {
    view.fill({ drop: false, drop_really: true });
    view.slot("drop_really").focus();
  });
  return null;
}
