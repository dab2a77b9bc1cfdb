// Small comforts on pages that work without them: no double submits, the error summary takes the
// focus, a chosen photo is shown, and "print" buttons print.
import { Button, Checkboxes, ErrorSummary, Radios, SkipLink, createAll } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, Checkboxes, ErrorSummary, Radios, SkipLink]) {
  createAll(component);
}

for (const field of document.querySelectorAll("[data-photo-field]")) {
  const input = field.querySelector("input[type=file]");
  const preview = field.querySelector("[data-photo-preview]");
  input.addEventListener("change", () => {
    URL.revokeObjectURL(preview.src);
    const [photo] = input.files;
    preview.hidden = !photo;
    if (photo) preview.src = URL.createObjectURL(photo);
  });
  // A format the browser cannot show (HEIC) is still sent.
  preview.addEventListener("error", () => {
    preview.hidden = true;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
