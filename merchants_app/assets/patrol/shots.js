// Photos of a record as they are shown: small pictures from the sealed store, forgotten with the screen.

import { fill, part, set } from "./fill.js";
import { queue } from "./queue.js";

// A list of pictures to put into a slot; `of` is [{sha256, word, code}].
export function strip(view, of) {
  return of.map(({ sha256, word, code }) => {
    const shot = part("shot", { word: word ?? false });
    set(shot, "away", { "data-sha256": sha256, "data-code": code ?? "" });
    queue.photo(sha256).then((blob) => {
      if (!blob) return;
      const url = URL.createObjectURL(blob);
      view.leave(() => URL.revokeObjectURL(url));
      set(shot, "picture", { src: url });
    });
    return fill(shot, {});
  });
}
