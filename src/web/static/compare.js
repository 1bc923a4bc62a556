// An impression against its specimen. All pictures lie in one frame, so that nothing moves from one way of looking to another.
import { isWriting } from "./call.js";
import { t } from "./words.js";

const place = document.getElementById("compare");
const stage = document.getElementById("stage");
const isCompared = "compared" in place.dataset;
const WAYS = ["side", "overlay", "blink", "fold", "difference", "one"];
const PICTURES = {
  side: [["impression"], ["specimen"]],
  overlay: [["overlay"]],
  blink: [["impression", "specimen"]],
  fold: [["impression", "specimen"]],
  difference: [["difference"]],
  one: [["impression"]],
};
let way = "side";
let zoom = 1;
let shift = [0, 0];
let blinking = null;
const turn = document.getElementById("turn");
const along = document.getElementById("shift");

// The part of a square on one side of a line through it, as the corners of a polygon in percent.
const half = (degrees, offset) => {
  const angle = degrees * Math.PI / 180;
  const [nx, ny] = [Math.cos(angle), Math.sin(angle)];
  const inside = ([x, y]) => (x - 50) * nx + (y - 50) * ny - offset / 2;
  const corners = [[0, 0], [100, 0], [100, 100], [0, 100]];
  const kept = [];
  corners.forEach((corner, index) => {
    const next = corners[(index + 1) % 4];
    const [own, other] = [inside(corner), inside(next)];
    if (own >= 0) kept.push(corner);
    if (own * other < 0) {
      const share = own / (own - other);
      kept.push([corner[0] + share * (next[0] - corner[0]), corner[1] + share * (next[1] - corner[1])]);
    }
  });
  return kept.length > 2 ? kept : [[0, 0]];
};

const lay = () => {
  for (const frame of stage.querySelectorAll(".frame")) {
    const { width, height } = frame.getBoundingClientRect();
    const side = Math.min(width, height) * zoom;
    for (const image of frame.querySelectorAll("img")) {
      image.style.width = `${side}px`;
      image.style.height = `${side}px`;
      image.style.transform = `translate(${-side / 2 + shift[0]}px, ${-side / 2 + shift[1]}px)`;
    }
    const specimen = frame.querySelector("img:nth-of-type(2)");
    const line = frame.querySelector(".line");
    if (way === "fold" && specimen) {
      const degrees = Number(turn.value);
      const offset = Number(along.value);
      specimen.style.clipPath = `polygon(${half(degrees, offset).map(([x, y]) => `${x}% ${y}%`).join(", ")})`;
      const angle = degrees * Math.PI / 180;
      const [x, y] = [offset / 200 * side * Math.cos(angle) + shift[0], offset / 200 * side * Math.sin(angle) + shift[1]];
      line.style.width = `${side * 1.5}px`;
      line.style.transform = `translate(${x}px, ${y}px) rotate(${degrees + 90}deg) translate(${-side * 0.75}px, 0)`;
    }
    if (way === "blink" && specimen) specimen.style.visibility = blinking?.isOn ? "visible" : "hidden";
  }
};

const show = (wanted) => {
  way = isCompared ? wanted : "one";
  place.dataset.way = way;
  clearInterval(blinking?.timer);
  blinking = null;
  const frames = PICTURES[way].map((names) => {
    const frame = document.createElement("figure");
    frame.className = "frame";
    frame.style.margin = "0";
    for (const name of names) {
      const image = document.createElement("img");
      image.alt = name;
      image.draggable = false;
      image.onerror = () => { image.remove(); frame.append(t("app.picture_missing")); };
      image.src = `${place.dataset.source}/${name}.png`;
      frame.append(image);
    }
    if (way === "fold") {
      const line = document.createElement("div");
      line.className = "line";
      frame.append(line);
    }
    return frame;
  });
  stage.toggleAttribute("data-many", frames.length > 1);
  stage.replaceChildren(...frames);
  for (const button of place.querySelectorAll("[data-way]")) button.setAttribute("aria-pressed", button.dataset.way === way);
  if (way === "blink") blink(true);
  lay();
};

// Blinks by itself; held, it shows the specimen for as long as it is held.
const blink = (byItself) => {
  clearInterval(blinking?.timer);
  blinking = { isOn: !byItself, timer: null };
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (byItself && !isStill) blinking.timer = setInterval(() => { blinking.isOn = !blinking.isOn; lay(); }, 700);
  lay();
};

const limit = (value, most) => Math.max(-most, Math.min(most, value));
const near = (by) => {
  const before = zoom;
  zoom = Math.max(0.25, Math.min(zoom * by, 16));
  shift = shift.map((one) => one * zoom / before);
  lay();
};
const fit = () => { zoom = 1; shift = [0, 0]; lay(); };

for (const button of place.querySelectorAll("[data-way]")) button.addEventListener("click", () => show(button.dataset.way));
const zooms = { in: () => near(1.4), out: () => near(1 / 1.4), fit };
for (const button of place.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zooms[button.dataset.zoom]());
for (const input of [turn, along]) input?.addEventListener("input", lay);
stage.addEventListener("wheel", (event) => { event.preventDefault(); near(event.deltaY < 0 ? 1.2 : 1 / 1.2); }, { passive: false });

// Dragging moves the picture; at a fold it moves the fold, and with the shift key turns it.
let held = null;
stage.addEventListener("pointerdown", (event) => {
  held = event;
  stage.setPointerCapture(event.pointerId);
  if (way === "blink") blink(false);
});
stage.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [dx, dy] = [event.clientX - held.clientX, event.clientY - held.clientY];
  held = event;
  if (way === "fold" && event.shiftKey) {
    turn.value = limit(Number(turn.value) + dx / 2, 180);
  } else if (way === "fold") {
    const angle = Number(turn.value) * Math.PI / 180;
    const side = stage.querySelector("img")?.getBoundingClientRect().width || 1;
    along.value = limit(Number(along.value) + (dx * Math.cos(angle) + dy * Math.sin(angle)) / side * 200, 100);
  } else {
    shift = [shift[0] + dx, shift[1] + dy];
  }
  lay();
});
for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { held = null; if (way === "blink") blink(true); });

const moves = { ArrowLeft: [-30, 0], ArrowRight: [30, 0], ArrowUp: [0, -30], ArrowDown: [0, 30] };
addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  const at = Number(event.key);
  const onRange = event.target.closest("input[type=range]");
  if (at >= 1 && at <= WAYS.length && isCompared) show(WAYS[at - 1]);
  else if (event.key === " " && way === "blink" && !event.target.closest("button, a, summary")) { if (!event.repeat) blink(false); }
  else if (event.key === "+" || event.key === "=") near(1.4);
  else if (event.key === "-") near(1 / 1.4);
  else if (event.key === "0") fit();
  else if (event.key === "[") document.getElementById("previous")?.click();
  else if (event.key === "]") document.getElementById("following")?.click();
  else if (event.key === "l") document.getElementById("list-link")?.click();
  else if (moves[event.key] && way === "fold" && !onRange) {
    const isTurn = event.key === "ArrowUp" || event.key === "ArrowDown";
    const by = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -2 : 2;
    if (isTurn) turn.value = limit(Number(turn.value) + by, 180);
    else along.value = limit(Number(along.value) + by, 100);
    lay();
  } else if (moves[event.key] && !onRange && event.target.closest("#stage")) { shift = [shift[0] + moves[event.key][0], shift[1] + moves[event.key][1]]; lay(); }
  else return;
  event.preventDefault();
});
addEventListener("keyup", (event) => { if (event.key === " " && way === "blink") blink(true); });
addEventListener("resize", lay);
show(isCompared ? "side" : "one");
