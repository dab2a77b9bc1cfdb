// How an address that is not ours comes near to ours. Pure; only ever asked about what is foreign
// already, so a mistake here names a trick wrongly and never lets one through.

// Letters of other scripts and figures, by what an eye in a hurry takes them for.
const TWINS = new Map(
  [
    ["a", "аαɑ"], ["b", "вЬ8"], ["c", "сϲ"], ["d", "ԁ"], ["e", "еε3"], ["g", "ɡ"], ["h", "һ"],
    ["j", "ј"], ["k", "кκ"], ["l", "1iіıιӏⅼ"], ["m", "м"], ["n", "ոп"], ["o", "0оοօ"], ["p", "рρ"],
    ["q", "ԛ"], ["r", "г"], ["s", "ѕ5"], ["t", "тτ"], ["u", "υս"], ["v", "νѵ"], ["w", "ԝ"],
    ["x", "хχ"], ["y", "уү"], [".", "。．｡"],
  ].flatMap(([letter, twins]) => [...twins].map((twin) => [twin, letter])),
);
const PLAIN_HOST = /^[a-z0-9.:[\]-]*$/;
const NUMBERS = /^[\d.:[\]]+$/;
const MOST_LETTERS = 2; // by which a mistyped host differs; one for a short name

function seenAs(host) {
  const plain = host.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const latin = [...plain].map((each) => TWINS.get(each) ?? each).join("");
  return latin.replace(/rn/g, "m").replace(/vv/g, "w").replace(/cl/g, "d");
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

const near = (a, b) => distance(a, b) <= (b.length < 8 ? 1 : MOST_LETTERS);

// RFC 3492: the letters behind a label `xn--…`, which no browser gives out.
function decoded(coded) {
  const cut = coded.lastIndexOf("-");
  const out = [...coded.slice(0, Math.max(0, cut))];
  let [code, position, bias] = [128, 0, 72];
  for (let at = cut + 1; at < coded.length; ) {
    const before = position;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(coded[at]);
      if (at >= coded.length || digit < 0) return coded;
      at += 1;
      position += digit * weight;
      const threshold = Math.min(26, Math.max(1, k - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const count = out.length + 1;
    bias = adapted(position - before, count, before === 0);
    code += Math.floor(position / count);
    if (code > 0x10ffff) return coded;
    position %= count;
    out.splice(position, 0, String.fromCodePoint(code));
    position += 1;
  }
  return out.join("");
}

function adapted(change, count, first) {
  let delta = first ? Math.floor(change / 700) : Math.floor(change / 2);
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
  return k + Math.floor((36 * delta) / (delta + 38));
}

const withoutPunycode = (host) =>
  host
    .split(".")
    .map((label) => (label.startsWith("xn--") ? decoded(label.slice(4)) : label))
    .join(".");

function leadsTo(name) {
  try {
    return new URL(`https://${name}`).hostname;
  } catch {
    return null;
  }
}

/** Return how a foreign host name plays ours: "letters", "sub_domain", "spelling", or null. */
export function disguise(name, ours) {
  if (!PLAIN_HOST.test(name) || name.includes("xn--")) {
    const seen = seenAs(withoutPunycode(name));
    return leadsTo(name) === ours || near(seen, seenAs(ours)) ? "letters" : null;
  }
  if (NUMBERS.test(ours)) return near(name, ours) ? "spelling" : null;
  const bare = (host) => host.replace(/[.-]/g, "");
  if (bare(name).includes(bare(ours)) && bare(name) !== bare(ours)) return "sub_domain";
  if (seenAs(name) === seenAs(ours)) return "letters";
  return near(name, ours) ? "spelling" : null;
}
