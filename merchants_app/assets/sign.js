// The drawn signature: strokes survive turning the phone, and leave as an SVG path in a box of
// 600 × 200 units (round pen, 4 units wide) and as a PNG. Without scripts the typed name signs.
import SignaturePad from "signature_pad";

const BOX = { width: 600, height: 200 };
const PEN = { minWidth: 1.2, maxWidth: 3.2, penColor: "#1d1b18" };

function round(value) {
  return Math.round(value * 10) / 10;
}

// One stroke becomes a run of quadratic curves through the middles of its points; a single point
// becomes a dot.
function strokePath(points) {
  const [first, ...rest] = points;
  if (!rest.length) return `M${round(first.x)} ${round(first.y)}l.1 0`;
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let i = 0; i < rest.length - 1; i += 1) {
    const [here, next] = [rest[i], rest[i + 1]];
    const middle = { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    path += `Q${round(here.x)} ${round(here.y)} ${round(middle.x)} ${round(middle.y)}`;
  }
  const last = rest[rest.length - 1];
  return `${path}L${round(last.x)} ${round(last.y)}`;
}

function scaled(strokes, factor) {
  return strokes.map((stroke) => ({
    ...stroke,
    points: stroke.points.map((point) => ({ ...point, x: point.x * factor, y: point.y * factor })),
  }));
}

function attach(area) {
  const canvas = area.querySelector("[data-signature-canvas]");
  const path = area.querySelector("[data-signature-path]");
  const png = area.querySelector("[data-signature-png]");
  area.hidden = false;
  const pad = new SignaturePad(canvas, PEN);
  let width = 0;

  const keep = () => {
    const strokes = scaled(pad.toData(), BOX.width / width);
    path.value = strokes.map((stroke) => strokePath(stroke.points)).join("");
    png.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  };

  // A canvas forgets its picture when its size changes: keep the strokes, draw them in the new size.
  const fit = () => {
    const now = canvas.clientWidth;
    if (!now || now === width) return;
    const strokes = width ? scaled(pad.toData(), now / width) : [];
    const sharpness = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = now * sharpness;
    canvas.height = ((now * BOX.height) / BOX.width) * sharpness;
    canvas.getContext("2d").scale(sharpness, sharpness);
    width = now;
    pad.fromData(strokes);
    keep();
  };

  new ResizeObserver(fit).observe(canvas);
  fit();
  pad.addEventListener("endStroke", keep);
  area.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.clear();
    keep();
  });
}

for (const area of document.querySelectorAll("[data-signature]")) attach(area);
