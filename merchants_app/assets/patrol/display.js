// How the app is shown on this phone: sun mode and size of type, which are nobody's secret and work
// with no network.

const CHOICES = { sun: "sun", large: "large-type" };
const key = (name) => `menqian.${name}`;

export const is = (name) => document.documentElement.classList.contains(CHOICES[name]);

function put(name, on) {
  document.documentElement.classList.toggle(CHOICES[name], on);
}

// What was chosen before. The page that is kept for offline knows no size of type; one that the
// server sent large is remembered for it.
export function apply() {
  for (const name of Object.keys(CHOICES)) {
    const chosen = localStorage.getItem(key(name));
    if (chosen !== null) put(name, chosen === "yes");
    else if (is(name)) localStorage.setItem(key(name), "yes");
  }
}

export function toggle(name) {
  put(name, !is(name));
  localStorage.setItem(key(name), is(name) ? "yes" : "no");
  return is(name);
}
