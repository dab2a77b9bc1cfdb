// Who this phone works for: as the last round said, else as the vault remembers.

import * as round from "./round.js";
import * as vault from "./vault.js";
import { say } from "./words.js";

export function me() {
  const told = round.state()?.me;
  const open = vault.current();
  return { kinds: ["patrol"], certificate: null, display_name: open?.name ?? "", ...open, ...told };
}

export const shownAs = ({ display_name: shown, name, role }) =>
  say("account.name", { name: shown || name, role: say(`role.${role}`) });
