// The queue as a file in the phone's downloads, where its owner can send it on.

import { exported } from "./export.js";

const KEPT_MS = 60_000;

// Hands the browser the file to keep; returns how many records it holds.
export async function download(device) {
  const { file, name, records } = await exported(device);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
  return records;
}
