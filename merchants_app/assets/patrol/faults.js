// A refusal's sentence: the page knows the codes that people meet, the rest are told by their code.

import { known, say } from "./words.js";

const ALSO = {
  wrong_pin: "pin.wrong",
  pin_destroyed: "pin.destroyed",
  offline: "error.offline",
  portal: "error.portal",
  server: "error.server",
  sign_in: "stopped.sign_in",
  later: "stopped.later",
  unreadable: "problem.unreadable",
  outdated: "stopped.outdated",
};

export function faultOf(error) {
  const code = error.code ?? error.name ?? "unknown";
  const word = ALSO[code] ?? code;
  return known(word) ? say(word, error) : say("error.other", { code });
}
