// Words stand in the page (<script id="words">), in its language; the browser knows how that
// language writes dates and numbers. Times are shown in Beijing, wherever the phone believes it is.

const zone = "Asia/Shanghai";
const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");
const book = data("words");

export const assets = data("assets");
export const language = document.documentElement.lang || "zh-CN";
export const english = language === "en";

// The sentence of a code, its %(name)s filled in; the code itself where the page has no word for it.
export function say(code, values = {}) {
  const sentence = book[code] ?? code;
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

// Whether the page has a sentence of its own for a code.
export const known = (code) => code in book;

const clock = new Intl.DateTimeFormat(language, {
  timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const calendar = new Intl.DateTimeFormat(language, {
  timeZone: zone, month: english ? "short" : "long", day: "numeric",
});
const isoDay = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const DAY = 86_400_000;

// 09:31
export const time = (at) => clock.format(new Date(at));

// The calendar day in Beijing: 2026-11-23
export const day = (at) => isoDay.format(new Date(at));

// Today only the time, else day and time.
export function moment(at, now = Date.now()) {
  return day(at) === day(now) ? time(at) : `${calendar.format(new Date(at))} ${time(at)}`;
}

// Whole calendar days from an instant to now; negative for what is still to come.
export const daysSince = (at, now = Date.now()) =>
  Math.round((Date.parse(day(now)) - Date.parse(day(at))) / DAY);

// Today, yesterday, 3 days ago, in 2 days; far off, its date.
export function ago(at, now = Date.now()) {
  const days = daysSince(at, now);
  if (Math.abs(days) > 60) return `${day(at)}`;
  return relative.format(-days, "day");
}

// Minutes within the hour, then hours of the same day, then days.
export function lately(at, now = Date.now()) {
  const minutes = Math.max(0, Math.round((now - new Date(at)) / 60_000));
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 12 * 60) return relative.format(-Math.round(minutes / 60), "hour");
  return ago(at, now);
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

// 812 KB, 3.4 GB
export function bytes(value) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let step = 0;
  for (; value >= 1000 && step < units.length - 1; step += 1) value /= 1000;
  const digits = step && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[step]}`;
}

// Metres: 40 m, 1.2 km
export const distance = (metres) =>
  metres < 1000 ? say("metres", { n: Math.round(metres / 10) * 10 || "<10" })
    : say("kilometres", { n: (metres / 1000).toFixed(1) });

// The head of a hash in fours, for reading aloud.
export const groups = (hash, length = 12) => hash.slice(0, length).replace(/(.{4})(?=.)/g, "$1 ");
