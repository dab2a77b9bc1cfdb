// The PIN: choosing one, unlocking with it, changing it.

import { part } from "../fill.js";
import { faultOf } from "../faults.js";
import * as net from "../net.js";
import { shownAs } from "../person.js";
import { queue } from "../queue.js";
import { go } from "../router.js";
import * as vault from "../vault.js";
import { say } from "../words.js";
import { wanted } from "./entry.js";

const SHORTEST = 6;
const LONGEST = 12;
const YEAR = 365 * 24 * 3600;

// Why a PIN is not taken, as the code of a sentence; null for a good one.
export function weakness(pin) {
  if (!new RegExp(`^\\d{${SHORTEST},${LONGEST}}$`).test(pin)) return "pin.short";
  const steps = new Set([...pin].slice(1).map((digit, place) => digit - pin[place]));
  return steps.size === 1 && [0, 1, -1].includes([...steps][0]) ? "pin.easy" : null;
}

// The pad of ten keys with its field, for thumb and keyboard alike; `enter(pin)` says what is wrong.
function pad(view, enter) {
  const field = view.field("pin");
  const draw = () => {
    const dots = Array.from({ length: Math.max(SHORTEST, field.value.length) }, (_, place) => {
      const dot = document.createElement("span");
      dot.className = place < field.value.length ? "pin__dot pin__dot--full" : "pin__dot";
      return dot;
    });
    view.slot("dots").replaceChildren(...dots);
  };
  const write = (text) => {
    field.value = text.replace(/\D/g, "").slice(0, LONGEST);
    draw();
  };
  let busy = false;
  const done = async () => {
    if (busy || !field.value) return;
    busy = true;
    const pin = field.value;
    view.fill({ fault: say("pin.working") });
    view.slot("enter").disabled = true;
    const fault = await enter(pin);
    busy = false;
    view.slot("enter").disabled = false;
    write("");
    view.slot("fault").hidden = false;
    view.slot("fault").textContent = fault ?? "";
  };
  view.on("digit", ({ value }) => write(field.value + value));
  view.on("erase", () => write(field.value.slice(0, -1)));
  view.on("enter", done);
  view.listen(field, "input", () => write(field.value));
  view.listen(document, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target === field) done();
    else if (event.target === field) return;
    else if (/^\d$/.test(event.key)) write(field.value + event.key);
    else if (event.key === "Backspace") write(field.value.slice(0, -1));
    else if (event.key === "Enter" && event.target.tagName === "H1") done();
  });
  draw();
}

export async function enrol(view) {
  let person;
  try {
    person = await net.me();
  } catch {
    return "sign-in";
  }
  if (!person.kinds.length) return "sign-in";
  view.fill({ who: shownAs(person) });
  let chosen = null;
  pad(view, async (pin) => {
    if (chosen === null) {
      const weak = weakness(pin);
      if (!weak) [chosen] = [pin];
      view.fill({ first: !chosen, second: Boolean(chosen) });
      return weak && say(weak);
    }
    if (pin !== chosen) {
      chosen = null;
      view.fill({ first: true, second: false });
      return say("pin.differs");
    }
    const { account, name, role } = person;
    try {
      await vault.enrol({ account, name, role, pin });
    } catch (error) {
      return faultOf(error);
    }
    // Lets the code on a door open in the app when the phone's own camera reads it.
    document.cookie = `patrol_app=1; path=/; max-age=${YEAR}; samesite=lax`;
    go(wanted(), { replace: true });
    return null;
  });
  return null;
}

const open = (vaults) => vaults.filter((each) => !each.destroyed);

export async function unlock(view) {
  const vaults = open(await vault.list());
  if (!vaults.length) return "sign-in";
  let chosen = vaults[0];
  const choose = (one) => {
    chosen = one;
    view.fill({
      role: say(`role.${one.role}`),
      name: one.name,
      others: vaults.filter((each) => each !== one).map((each) => {
        const row = part("vault", { name: each.name, role: say(`role.${each.role}`) });
        row.querySelector("button").dataset.account = each.account;
        return row;
      }),
    });
  };
  choose(chosen);
  const { waiting = 0 } = await queue.status();
  view.fill({ waiting: say(waiting ? "waiting" : "waiting_none", { n: waiting }) });
  view.on("choose", ({ account }) => choose(vaults.find((each) => each.account === account)));
  view.on("forgot", () => go(`forgot=${chosen.account}`));
  view.on("other", () => go("sign-in=other"));
  pad(view, async (pin) => {
    try {
      await vault.unlock(chosen.account, pin);
      return null;
    } catch (error) {
      if (error.code === "pin_destroyed") go(`forgot=${chosen.account}`);
      return faultOf(error);
    }
  });
  return null;
}

export function change(view) {
  view.on("change", async () => {
    const [old, fresh, twice] = ["old", "new", "twice"].map((name) => view.field(name).value);
    let fault = weakness(fresh) && say(weakness(fresh));
    if (!fault && fresh !== twice) fault = say("pin.differs");
    if (!fault) fault = await vault.change(old, fresh).then(() => null, faultOf);
    if (fault) return view.fill({ fault });
    document.getElementById("said").textContent = say("pin.changed");
    return go("settings", { replace: true });
  });
}

