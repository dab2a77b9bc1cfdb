// What is still on this phone: each record's state, sending now, a file for the worst day, and
// whether the phone may be switched off.

import { chip, part, set } from "../fill.js";
import { faultOf } from "../faults.js";
import { download } from "../files.js";
import { queue } from "../queue.js";
import { numberOf, problemLine, stateChip, stoppedLine } from "../states.js";
import * as vault from "../vault.js";
import { bytes, moment, say } from "../words.js";

const LITTLE_ROOM = 200_000_000;
const WAYS = { conflict: "conflict", refused: "refused" };

function row(record) {
  const { id, kind, shop, at, state, hidden } = record;
  const named = hidden ? say("kept_hidden") : shop?.name || say(kind === "suspect_code" ? "kind.suspect_code" : "door.unknown");
  const line = part("record", {
    name: named,
    at: moment(at),
    state: stateChip(record),
    receipt: numberOf(record),
    problem: state === "conflict" ? false : problemLine(record),
    way: Boolean(WAYS[state]) && !hidden,
  });
  if (WAYS[state]) set(line, "way", { href: `#${WAYS[state]}=${id}` });
  return line;
}

function verdict(view, { waiting, conflicts, refused }) {
  const trouble = conflicts + refused;
  const done = !waiting && !trouble;
  const tone = done ? "good" : trouble ? "bad" : "wait";
  view.slot("verdict").className = `switch-off switch-off--${tone}`;
  view.fill({
    verdict_word: chip(tone, say(done ? "off.yes" : "off.no")),
    verdict_line: done ? say("off.yes.line")
      : [waiting && say("off.no.line", { n: waiting }), trouble && say("off.trouble.line", { n: trouble })].filter(Boolean).join(" "),
  });
}

async function draw(view) {
  const [records, status] = await Promise.all([queue.list(), queue.status()]);
  const { waiting, stopped, old, space, lastSentAt, sending } = status;
  verdict(view, status);
  view.fill({
    stopped: Boolean(stopped) && waiting > 0,
    stopped_line: stoppedLine(status),
    sign_in: stopped === "sign_in",
    age: old,
    space: space.tight || (space.quota > 0 && space.free < LITTLE_ROOM),
    space_left: bytes(space.free),
    records: records.map(row),
    none: !records.length,
    last: lastSentAt ? say("last", { when: moment(lastSentAt) }) : say("last.never"),
    export: waiting + status.conflicts + status.refused > 0,
    bar: waiting > 0,
  });
  view.slot("send").disabled = sending && !stopped;
}

export async function tray(view) {
  await draw(view);
  view.listen(queue, "change", () => draw(view).catch(() => {}));
  view.on("send", () => queue.flush());
  view.on("export", async () => {
    const said = document.getElementById("said");
    try {
      const records = await download(vault.current().device);
      await queue.markExported(records);
      view.fill({ exported: say("exported", { n: records.length }) });
    } catch (error) {
      said.textContent = faultOf(error);
    }
  });
  view.fill({ exported: false });
}

// The line in the header that says at any time how much has not arrived yet.
export async function badge() {
  const place = document.getElementById("tray");
  const { waiting, conflicts, refused } = await queue.status();
  const trouble = conflicts + refused;
  place.hidden = !vault.current();
  place.replaceChildren(
    trouble ? chip("bad", say("tray_bad", { n: trouble }))
      : waiting ? chip("wait", say("tray", { n: waiting })) : chip("good", say("tray_done")),
  );
}
