// Where a record is, as tone and words. "Received" is said once there is a number, "in the ledger"
// once the receipt was recomputed; never before.

import { chip } from "./fill.js";
import { known, moment, say } from "./words.js";

const TONES = {
  saved: "wait", sending: "wait", sent: "wait", received: "info", ledger: "good",
  conflict: "bad", refused: "bad", handed_over: "off",
};
const WORDS = { sent: "state.unproved", refused: "state.not_taken" };

export const stateChip = ({ state }) => chip(TONES[state] ?? "off", say(WORDS[state] ?? `state.${state}`));

export const numberOf = ({ receipt }) =>
  receipt ? say("at.number", { number: `${receipt.merchant ?? ""} / ${receipt.seq}`.replace(/^ \/ /, "") }) : "";

// Why nothing is being sent, with the next try; nothing when all is well.
export function stoppedLine({ stopped, nextTryAt }) {
  if (!stopped) return "";
  const word = known(`stopped.${stopped}`) ? `stopped.${stopped}` : "stopped.server";
  const next = nextTryAt && stopped !== "sign_in" ? ` ${say("next_try", { when: moment(nextTryAt) })}` : "";
  return say(word) + next;
}

export const problemLine = ({ problem }) =>
  !problem ? "" : known(`problem.${problem}`) ? say(`problem.${problem}`) : say("error.other", { code: problem });
