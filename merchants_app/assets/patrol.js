// Puts the phone's position beside a record, if the phone knows it and its owner agrees. The page
// works without: a record without a position says so.

const fields = (name) => document.querySelectorAll(`[data-position="${name}"]`);
const show = (name) => {
  document.querySelector("[data-position-line]").hidden = false;
  document.querySelector(`[data-position-${name}]`).hidden = false;
};

function found({ coords }) {
  const values = { lat: coords.latitude, lng: coords.longitude, accuracy_m: coords.accuracy };
  for (const [name, value] of Object.entries(values)) {
    for (const field of fields(name)) field.value = value;
  }
  document.querySelector("[data-position-accuracy]").textContent = Math.round(coords.accuracy);
  show("found");
}

if (fields("lat").length && "geolocation" in navigator) {
  navigator.geolocation.getCurrentPosition(found, () => show("missing"), {
    enableHighAccuracy: true,
    maximumAge: 10_000,
    timeout: 15_000,
  });
}
