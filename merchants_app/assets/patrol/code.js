// What a scanned or typed text is: our own code, a door number, or somebody else's. Pure.
//
// A sticker over ours is the oldest trick on the street. So our own is one exact form, whose letter
// case alone may differ, as in qr/payload.py; everything else is foreign, and what comes near to ours
// is said to be a look-alike. Taking an address apart happens only then, so that two opinions of what
// an address means never let one through.

import { disguise } from "./lookalike.js";

const TOKEN = /^[0-9A-HJKMNP-TV-Z]{16}$/;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SEPARATORS = /[\s\-‐‑‒–—―−－﹣_\u200b-\u200f\ufeff]+/g;
const DOOR_PATH = /^\/+q\/+[^/]/i;
const DOOR_TOKEN_PATH = /^\/+q\/+[0-9a-z]{16}\/*$/i;
const PAPER_PATH = /^\/+c\/+[0-9a-f]{16}$/i;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const DEFAULT_PORT = { http: "80", https: "443" };
const ADDRESS = /^(?:([a-z][a-z0-9+.-]*):)?([/\\]*)([^/\\?#]*)([/\\][^?#]*)?([?#].*)?$/is;

const isAscii = (text) => [...text].every((each) => each.charCodeAt(0) < 128);
const asDigits = (text) => text.replace(/O/g, "0").replace(/[IL]/g, "1");
const asLetters = (text) => text.replace(/0/g, "O").replace(/1/g, "I");
const alike = (text) => text.replace(/O/g, "0").replace(/I/g, "1");

function compact(text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (each) =>
    String.fromCharCode(each.charCodeAt(0) - 0xfee0),
  );
  return narrow.replace(SEPARATORS, "").toUpperCase();
}

// ISO 7064 MOD 37,36.
function checkCharacter(body) {
  let sum = 36;
  for (const each of body) {
    sum = (sum + ALPHABET.indexOf(each)) % 36 || 36;
    sum = (sum * 2) % 37;
  }
  return ALPHABET[(37 - sum) % 36];
}

/**
 * Return a door number as printed, such as `MTG-DY00123-O`, from any letter case, width, spacing and
 * O/0 or I/1 mix-up, with or without `MTG`; null when its check character does not hold. The rule of
 * compliance/merchants/identifiers.py, without a server.
 */
export function doorNumber(text) {
  const typed = compact(text);
  const whole = typed.startsWith("MTG") ? typed : `MTG${typed}`;
  const letters = asLetters(whole.slice(3, 5));
  const digits = asDigits(whole.slice(5, -1));
  if (!/^[A-Z]{2}$/.test(letters) || !/^\d{5,9}$/.test(digits) || !Number(digits)) return null;
  const body = letters + String(Number(digits)).padStart(5, "0");
  const number = `MTG-${body}-${checkCharacter(`MTG${body}`)}`;
  return alike(number) === alike(`MTG-${letters}${digits}-${whole.at(-1)}`) ? number : null;
}

// Our own address: `host` as the round gives it, `example.cn` or `127.0.0.1:8000`, or with its
// scheme. Without one it is https, and on the loopback, where a pilot runs, what the code says.
function ourAddress(host, scheme) {
  const [, given, name, port = ""] = /^(?:(https?):\/\/)?(.*?)(?::(\d+))?\/?$/i.exec(host);
  const chosen = given?.toLowerCase() ?? (LOOPBACK.test(name.toLowerCase()) ? scheme : "https");
  return { scheme: chosen, name: name.toLowerCase(), port: port || DEFAULT_PORT[chosen] };
}

function prefixOf({ scheme, name, port }) {
  const shown = port === DEFAULT_PORT[scheme] ? "" : `:${port}`;
  return `${scheme}://${name}${shown}/q/`.toUpperCase();
}

// An address by its parts as they stand there; null for a text that is none.
function parts(text) {
  const found = ADDRESS.exec(text);
  if (!found || /\s/.test(text)) return null;
  const [, scheme = "", slashes, authority, path = "", rest = ""] = found;
  const isWeb = /^https?$/i.test(scheme);
  if (!isWeb && !slashes && (scheme || !/\.[^.]/.test(authority) || !path)) return null;
  const at = authority.lastIndexOf("@");
  const [, name, port = ""] = /^(.*?)(?::(\d*))?$/s.exec(authority.slice(at + 1));
  return {
    scheme: scheme.toLowerCase(),
    user: at >= 0 ? authority.slice(0, at).toLowerCase() : null,
    name: name.toLowerCase(),
    port: port || DEFAULT_PORT[scheme.toLowerCase()] || "",
    path: path.replace(/\\/g, "/"),
    rest,
  };
}

function nearMiss(given, ours) {
  if (!DOOR_PATH.test(given.path)) return null;
  if (given.user !== null) return "user";
  if (given.scheme !== ours.scheme) return "scheme";
  if (given.port !== ours.port) return "port";
  if (given.rest) return "extra";
  return DOOR_TOKEN_PATH.test(given.path) ? "spelling" : "token";
}

function hostOf({ scheme, name, port }) {
  if (scheme && !DEFAULT_PORT[scheme]) return null; // weixin://wxpay leads into an app
  return port && port !== DEFAULT_PORT[scheme] ? `${name}:${port}` : name;
}

function judged(given, ours) {
  const host = hostOf(given);
  if (given.name.replace(/\.$/, "") === ours.name) {
    const why = nearMiss(given, ours);
    if (why) return { verdict: "lookalike", why, host };
    return { verdict: "nonsense", why: PAPER_PATH.test(given.path) ? "paper" : "not_a_door", host };
  }
  const plays = given.user?.includes(ours.name) ? "user" : disguise(given.name, ours.name);
  const why = plays ?? (DOOR_TOKEN_PATH.test(given.path) ? "path" : null);
  return why ? { verdict: "lookalike", why, host } : { verdict: "foreign", host };
}

function known(token, round) {
  const found = round?.byToken(token);
  if (!found) return { verdict: "unknown", token };
  const verdict = found.standing === "withdrawn" ? "withdrawn" : "ours";
  return { verdict, token, shop: found.shop };
}

/**
 * Return what `text` is: {verdict, token?, number?, shop?, host?, why?}.
 *
 * ours       our code of a shop in the round
 * withdrawn  our code, taken back; `shop` is whose it was
 * unknown    in our form, but not in the round: only the server can tell
 * number     a door number, `number` as printed; `shop` null when it is not in the round
 * lookalike  plays ours: `why` is letters, sub_domain, spelling, user, scheme, port, extra, token (not
 *            one of ours could be), or path (our path at another host); `host` is where it leads
 * foreign    somebody else's code; `host` is where it leads, if anywhere
 * nonsense   neither: `why` is empty, check_character (a number misread or mistyped), paper (the
 *            check code of a signed paper), not_a_door (another page of ours), text
 *
 * `host` is our own from the round, `round` answers byToken and byNumber; null when there is none.
 */
export function read(text, { host, round = null }) {
  const trimmed = text.trim();
  if (!trimmed) return { verdict: "nonsense", why: "empty" };
  const number = doorNumber(trimmed);
  if (number) return { verdict: "number", number, shop: round?.byNumber(number) ?? null };
  const given = parts(trimmed);
  const ours = ourAddress(host, given?.scheme || "https");
  // Only ASCII may be folded: "ſ" and "ı" become "S" and "I" in capitals.
  const capitals = isAscii(trimmed) ? trimmed.toUpperCase() : trimmed;
  const prefix = prefixOf(ours);
  const token = capitals.slice(prefix.length);
  if (capitals.startsWith(prefix) && TOKEN.test(token)) return known(token, round);
  if (given) return judged(given, ours);
  if (/^[a-z][a-z0-9+.-]*:\S/i.test(trimmed)) return { verdict: "foreign", host: null };
  const isNumber = /^(MTG|[A-Z]{2}\d{5})/.test(compact(trimmed));
  return { verdict: "nonsense", why: isNumber ? "check_character" : "text" };
}
