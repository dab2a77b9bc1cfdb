// Where the phone is, once a record: asked for when a door is opened, so that it is there when the
// record is saved, and never waited for longer than a moment. One point, never a track.

const FRESH_MS = 60_000;
const PATIENCE_MS = 1_500;
const ASKED = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 15_000 };

let latest = null;
let asking = null;

function ask() {
  asking ??= new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(resolve, () => resolve(null), ASKED);
  }).then((found) => {
    asking = null;
    if (found) latest = found;
    return found;
  });
  return asking;
}

const fresh = () => latest && Date.now() - latest.timestamp < FRESH_MS;
const rounded = (value, digits) => Number(value.toFixed(digits));

function told({ coords }) {
  return {
    lat: rounded(coords.latitude, 6),
    lng: rounded(coords.longitude, 6),
    accuracy_m: Math.min(100_000, Math.round(coords.accuracy)),
    crs: "WGS84",
  };
}

// Begins to ask; `onFound(position | null)` is called once.
export function begin(onFound = () => {}) {
  if (!("geolocation" in navigator)) return onFound(null);
  return ask().then((found) => onFound(found && told(found)));
}

// The position for a record that is saved now: the one just found, else what comes within a moment,
// else null.
export async function now() {
  if (!("geolocation" in navigator)) return null;
  if (fresh()) return told(latest);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const found = await Promise.race([ask(), late]);
  return found ? told(found) : null;
}

// Whether asking would put a question to the person (then it waits until a door is opened).
export async function granted() {
  const state = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return state?.state === "granted";
}

export const known = () => (fresh() ? told(latest) : null);
