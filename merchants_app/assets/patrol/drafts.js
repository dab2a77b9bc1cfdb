// The record that is being written, kept sealed after every change: closing the tab costs nothing.

import { queue } from "./queue.js";

// Saves a draft as it is now; rejects with `no_space` when the phone is full.
export const save = (draft) => queue.saveDraft(draft.id, structuredClone(draft));

export const load = (id) => queue.draft(id);
export const drop = (id) => queue.dropDraft(id);

// Whether anything was said that would be missed.
export const isTouched = (draft) =>
  Boolean(draft.items?.length || draft.photos?.length || draft.note || draft.merchant_code || draft.officer);

// What was begun and is worth going on with, newest first; what nobody touched is cleared away.
export async function begun() {
  const all = await queue.drafts();
  for (const { id, draft } of all) if (!isTouched(draft)) await drop(id);
  return all.filter(({ draft }) => isTouched(draft));
}

// The screen on which a draft goes on.
export const screenOf = (draft) => `${draft.content === undefined ? "record" : "suspect"}=${draft.id}`;
