// A record while it is written, and the body that is sent. Pure: the time and the place are handed in.

const NOTHING = { items: [], note: "", merchant_code: "", officer: "", plan: "", plan_ref: "", credentials: false };

export const MOST_PHOTOS = 12;

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");

// Begins a record of a shop; `shop` is the round's, or {n: "", name: "", t: token} for an unknown one.
export function begin({ id, shop, token, kind, scan, at, clean }) {
  return { ...NOTHING, id, door: token, number: shop.n, name: shop.name, kind, scan, scanned_at: at, clean };
}

// Puts a point on the record; one whose fault is open already counts as the same, until said otherwise.
export function addItem(draft, code, open) {
  const known = draft.items.find((each) => each.code === code);
  if (known) return known;
  const item = { code, cause: "merchant", fixed: false, note: "", before: [], after: [], again: open?.id ?? null, separate: false };
  draft.items.push(item);
  draft.clean = false;
  return item;
}

export const removeItem = (draft, code) => {
  draft.items = draft.items.filter((each) => each.code !== code);
};

export const photosOf = (draft) => [
  ...new Set(draft.items.flatMap((each) => [...each.before, ...each.after])),
];

// What still keeps a record from being saved: [field, code of the sentence], in the screen's order.
export function lacking(draft, { certificate }) {
  const faults = [];
  if (!draft.clean && !draft.items.length) faults.push(["add", "need.item"]);
  if (draft.kind === "inspection") {
    const other = draft.officer.trim();
    if (!other) faults.push(["officer", "need.officer"]);
    else if (other === certificate) faults.push(["officer", "need.officer_same"]);
    if (!planOf(draft)) faults.push([draft.plan === "other" ? "plan_ref" : "plan", "need.plan"]);
    if (!draft.credentials) faults.push(["credentials", "need.credentials"]);
  }
  if (draft.merchant_code && !/^\d{6}$/.test(draft.merchant_code)) faults.push(["merchant_code", "need.merchant_code"]);
  return faults;
}

const planOf = (draft) => (draft.plan === "other" ? draft.plan_ref.trim() : draft.plan);

function item({ code, cause, fixed, note, before, after, again, separate }) {
  const body = {
    code,
    result: "fault",
    cause,
    fixed_on_spot: fixed,
    note: note.trim(),
    photos: [...new Set([...before, ...after])],
  };
  if (separate) body.separate = true;
  else if (again) body.again = again;
  return body;
}

// An instant as ISO 8601 with Beijing's offset, which people read in the ledger.
export function beijing(at) {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().replace("Z", "+08:00");
}

// The body as it is sent (design.md 4.3, docs of the API); `origin` is completed by the queue, which
// knows the device and the record's place in its order.
export function body(draft, { at, position, offset, version, certificate }) {
  const sent = {
    door: draft.door,
    kind: draft.kind,
    observed_at: beijing(at),
    items: draft.items.map(item),
    note: draft.note.trim(),
    photos: [],
    origin: { scan: draft.scan, scanned_at: draft.scanned_at, app: version },
  };
  if (Number.isInteger(offset)) sent.origin.clock_offset_ms = offset;
  if (position) sent.position = position;
  if (draft.merchant_code) sent.merchant_code = draft.merchant_code;
  if (draft.kind === "inspection") {
    sent.officers = [certificate, draft.officer.trim()];
    sent.plan_ref = planOf(draft);
    sent.credentials_shown = true;
  }
  return sent;
}
