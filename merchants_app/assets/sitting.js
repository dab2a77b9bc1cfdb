// What a browser notes of reading and of itself, as evidence only: nothing waits for it. How many
// seconds a text lay open, whether its end was in sight at the press, and the time zone.
for (const form of document.querySelectorAll("[data-reading]")) {
  const [seconds, toEnd] = ["seconds", "to-end"].map((name) =>
    form.querySelector(`[data-reading-${name}]`),
  );
  const opened = performance.now();
  form.addEventListener("submit", () => {
    seconds.value = Math.round((performance.now() - opened) / 1000);
    toEnd.value = form.getBoundingClientRect().top < window.innerHeight ? "yes" : "no";
  });
}

for (const field of document.querySelectorAll("[data-device-timezone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}
