// The drawn signature: kept as strokes in a box of 600 × 200 units, so it survives turning the phone,
// coming back to the page and a refused form; it leaves as an SVG path (round pen, 4 units wide).
// Without scripts the typed name signs.
import SignaturePad from "signature_pad";

const BOX = { width: 600, height: 200 };
const PEN = { minWidth: 1.2, maxWidth: 3.2, penColor: "#1d1b18" };

function round(value) {
  return Math.round(value * 10) / 10;
}

// One stroke becomes a run of quadratic curves through the middles of its points; a single point
// becomes a dot. Points are whole tenths.
function strokePath(points) {
  const [first, ...rest] = points;
  if (!rest.length) return `M${first.x} ${first.y}l.1 0`;
  let path = `M${first.x} ${first.y}`;
  for (let i = 0; i < rest.length - 1; i += 1) {
    const [here, next] = [rest[i], rest[i + 1]];
    const middle = { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    path += `Q${here.x} ${here.y} ${round(middle.x)} ${round(middle.y)}`;
  }
  const last = rest[rest.length - 1];
  return `${path}L${last.x} ${last.y}`;
}

// The way back: the points of each stroke, of a path that strokePath wrote.
function pointsOf(path) {
  return path
    .split("M")
    .slice(1)
    .map((stroke) => {
      const [start, ...runs] = stroke.split(/(?=[QLl])/);
      const points = [start, ...runs.filter((run) => run[0] !== "l").map((run) => run.slice(1))];
      return points.map((run) => {
        const [x, y] = run.trim().split(/[ ,]+/).map(Number);
        return { x, y };
      });
    });
}

function attach(area) {
  const part = (name) => area.querySelector(`[data-signature-${name}]`);
  const [canvas, path] = [part("canvas"), part("path")];
  const place = `signature:${area.dataset.signature}`;
  const pad = new SignaturePad(canvas, PEN);
  let strokes = pointsOf(path.value || sessionStorage.getItem(place) || "");
  let width = 0;

  const write = () => {
    path.value = strokes.map(strokePath).join("");
    sessionStorage.setItem(place, path.value);
  };

  const draw = () => {
    const factor = width / BOX.width;
    const options = { ...PEN, dotSize: 0, velocityFilterWeight: 0.7 };
    const shown = strokes.map((points) => ({
      ...options,
      compositeOperation: "source-over",
      points: points.map((point, i) => ({
        x: point.x * factor,
        y: point.y * factor,
        pressure: 0.5,
        time: i * 16,
      })),
    }));
    pad.fromData(shown);
  };

  // A canvas forgets its picture when its size changes.
  const fit = () => {
    const now = canvas.clientWidth;
    if (!now || now === width) return;
    const sharpness = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = now * sharpness;
    canvas.height = ((now * BOX.height) / BOX.width) * sharpness;
    canvas.getContext("2d").scale(sharpness, sharpness);
    width = now;
    draw();
  };

  const change = (changed) => {
    strokes = changed;
    draw();
    write();
  };

  area.hidden = false;
  const typed = area.parentElement.querySelector("[data-signature-typed]");
  const answered = typed.querySelector("input").value || typed.querySelector(".govuk-error-message");
  typed.open = Boolean(answered) && !strokes.length;
  new ResizeObserver(fit).observe(canvas);
  fit();
  write();
  pad.addEventListener("endStroke", () => {
    const factor = BOX.width / width;
    const drawn = pad.toData().at(-1).points;
    strokes.push(drawn.map(({ x, y }) => ({ x: round(x * factor), y: round(y * factor) })));
    write();
  });
  part("undo").addEventListener("click", () => change(strokes.slice(0, -1)));
  part("clear").addEventListener("click", () => change([]));
}

for (const area of document.querySelectorAll("[data-signature]")) attach(area);
