// An impression against its specimen. All pictures lie in one frame, so that nothing moves from one way of looking to another.
import { isWriting } from "./call.js";
import { lens } from "./lens.js";
import { calibrate, pixelsPerMillimetre } from "./truesize.js";
import { t } from "./words.js";

const place = document.getElementById("compare");
const stage = document.getElementById("stage");
const isCompared = "compared" in place.dataset;
const WAYS = ["side", "overlay", "blink", "fold", "difference", "one"];
const PARTS = ["difference", "missing", "extra"];
const SHARPNESS = [360, 720, 1440];
const MARKS_NUMBERED = 12;
const sideMm = Number(place.dataset.sideMm);
const turn = document.getElementById("turn");
const along = document.getElementById("shift");
const marks = [...document.querySelectorAll("#marks li")];
const shownMarks = document.getElementById("show-marks");
let way = "side";
let part = "difference";
let zoom = 1;
let shift = [0, 0];
// Side of a whole picture as it was laid last: what is in the middle stays there when the window or the way changes.
let laid = 0;
let blinking = null;
let at = -1;

const pictures = () => ({
  side: [["impression"], ["specimen"]],
  overlay: [["overlay"]],
  blink: [["impression", "specimen"]],
  fold: [["impression", "specimen"]],
  difference: [[part]],
  one: [["impression"]],
})[way];

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

// Side of a picture at which all of it is seen, in pixels of the screen.
const whole = () => {
  const { width, height } = (stage.querySelector(".frame") ?? stage).getBoundingClientRect();
  return Math.max(Math.min(width, height), 1);
};

const fold = (frame, side) => {
  const degrees = Number(turn.value);
  const offset = Number(along.value);
  frame.querySelector("img:nth-of-type(2)").style.clipPath = `polygon(${half(degrees, offset).map(([x, y]) => `${x}% ${y}%`).join(", ")})`;
  const angle = degrees * Math.PI / 180;
  const [x, y] = [offset / 200 * side * Math.cos(angle) + shift[0], offset / 200 * side * Math.sin(angle) + shift[1]];
  const line = frame.querySelector(".line");
  line.style.width = `${side * 1.5}px`;
  line.style.transform = `translate(${x}px, ${y}px) rotate(${degrees + 90}deg) translate(${-side * 0.75}px, 0)`;
};

// A bar of a round length in millimetres.
const scale = (side) => {
  const bar = document.getElementById("scale");
  if (!bar || !sideMm) return;
  const pixels = side / sideMm;
  const length = [20, 10, 5, 2, 1, 0.5, 0.2].find((own) => own * pixels <= 140) ?? 0.1;
  bar.style.width = `${length * pixels}px`;
  bar.textContent = `${length.toLocaleString(document.documentElement.lang)} mm`;
};

const lay = () => {
  const fitting = whole();
  if (laid > 0) shift = shift.map((one) => one * fitting / laid);
  laid = fitting;
  const side = fitting * zoom;
  const move = `translate(${-side / 2 + shift[0]}px, ${-side / 2 + shift[1]}px)`;
  for (const frame of stage.querySelectorAll(".frame")) {
    for (const own of frame.querySelectorAll("img, svg.places")) {
      own.style.width = own.style.height = `${side}px`;
      own.style.transform = move;
    }
    const specimen = frame.querySelector("img:nth-of-type(2)");
    if (way === "fold" && specimen) fold(frame, side);
    if (way === "blink" && specimen) specimen.style.visibility = blinking?.isOn ? "visible" : "hidden";
  }
  // Numbers keep their size on the screen.
  for (const text of stage.querySelectorAll(".places text")) text.setAttribute("font-size", 1400 / side);
  // Where many stand close, the numbers of those that are not chosen would hide the drawing.
  stage.classList.toggle("dense", marks.length > MARKS_NUMBERED && zoom < 2);
  scale(side);
  sharpen(side);
  glass.lay(side, shift);
};

// Finer pictures where one looks closely: each takes the place of the coarser one once it is there.
const sharpen = (side) => {
  const wanted = SHARPNESS.find((own) => own >= side * devicePixelRatio) ?? SHARPNESS.at(-1);
  for (const image of stage.querySelectorAll("img[data-name]")) {
    if (Number(image.dataset.side) >= wanted) continue;
    image.dataset.side = wanted;
    const finer = new Image();
    finer.onload = () => { if (image.dataset.side === String(wanted)) image.src = finer.src; };
    finer.src = address(image.dataset.name, wanted);
  }
};
const address = (name, side) => `${place.dataset.source}/${name}.png?side=${side}`;

const space = "http://www.w3.org/2000/svg";
const element = (name, attributes) => {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

// Rings around the marks of the list.
const places = () => {
  const layer = element("svg", { viewBox: "0 0 100 100", class: "places" });
  marks.forEach((mark, index) => {
    const line = JSON.parse(mark.dataset.line).map(([x, y]) => `${x * 100},${y * 100}`);
    for (const [x, y] of JSON.parse(mark.dataset.at)) {
      const radius = Math.max(Number(mark.dataset.reach) * 60, 1.6);
      const group = element("g", { class: `place ${mark.dataset.kind}`, "data-place": index });
      group.append(element("circle", { cx: x * 100, cy: y * 100, r: radius, "vector-effect": "non-scaling-stroke" }));
      const number = element("text", { x: x * 100 + radius + 0.4, y: y * 100 + 0.9, "font-size": 2.6 });
      number.textContent = mark.dataset.number;
      group.append(number);
      if (line.length > 0) group.append(element("polygon", { points: line.join(" "), "vector-effect": "non-scaling-stroke" }));
      layer.append(group);
    }
  });
  return layer;
};

const named = { impression: "app.picture_impression", specimen: "app.picture_specimen" };
const show = (wanted) => {
  way = isCompared ? wanted : "one";
  place.dataset.way = way;
  clearInterval(blinking?.timer);
  blinking = null;
  const side = SHARPNESS[whole() * devicePixelRatio > 400 ? 1 : 0];
  const frames = pictures().map((names) => {
    const frame = document.createElement("figure");
    frame.className = "frame";
    for (const name of names) {
      const image = document.createElement("img");
      image.alt = t(named[name] ?? `app.${name}`);
      image.draggable = false;
      image.dataset.name = name;
      image.dataset.side = side;
      image.onerror = () => { image.remove(); frame.append(t("app.picture_missing")); };
      image.src = address(name, side);
      frame.append(image);
    }
    if (names.length === 1 && way === "side") {
      const caption = document.createElement("figcaption");
      caption.textContent = t(named[names[0]]);
      frame.append(caption);
    }
    if (way === "fold") frame.append(Object.assign(document.createElement("div"), { className: "line" }));
    frame.append(places());
    return frame;
  });
  stage.toggleAttribute("data-many", frames.length > 1);
  stage.replaceChildren(...frames);
  for (const button of place.querySelectorAll("[data-way]")) button.setAttribute("aria-pressed", button.dataset.way === way);
  for (const button of place.querySelectorAll("[data-part]")) button.setAttribute("aria-pressed", button.dataset.part === part);
  if (way === "blink") blink(true);
  glass.put();
  tell();
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
  zoom = Math.max(0.2, Math.min(zoom * by, 24));
  shift = shift.map((one) => one * zoom / before);
  lay();
};
const fit = () => { zoom = 1; shift = [0, 0]; lay(); };
const trueSize = () => {
  if (!sideMm) return;
  zoom = sideMm * pixelsPerMillimetre() / whole();
  shift = [0, 0];
  lay();
};

// A mark of the list, in the list and on the pictures.
const tell = () => {
  marks.forEach((mark, index) => mark.classList.toggle("at", index === at));
  for (const own of stage.querySelectorAll(".place")) own.classList.toggle("at", Number(own.dataset.place) === at);
};
const select = (wanted, isNear) => {
  if (marks.length === 0) return;
  at = (wanted + marks.length) % marks.length;
  const mark = marks[at];
  if (shownMarks && !shownMarks.checked) shownMarks.click();
  if (isNear) {
    const [[x, y]] = JSON.parse(mark.dataset.at);
    zoom = Math.max(3, Math.min(0.3 / Math.max(Number(mark.dataset.reach), 0.03), 8));
    const side = whole() * zoom;
    shift = [(0.5 - x) * side, (0.5 - y) * side];
    lay();
  }
  tell();
  mark.scrollIntoView({ block: "nearest" });
};
marks.forEach((mark, index) => mark.querySelector("button").addEventListener("click", () => select(index, true)));
shownMarks?.addEventListener("change", () => stage.classList.toggle("bare", !shownMarks.checked));

const glass = lens(stage, document.getElementById("lens"));

for (const button of place.querySelectorAll("[data-way]")) button.addEventListener("click", () => show(button.dataset.way));
for (const button of place.querySelectorAll("[data-part]")) button.addEventListener("click", () => { part = button.dataset.part; show("difference"); });
const zooms = { in: () => near(1.4), out: () => near(1 / 1.4), fit, true: trueSize };
for (const button of place.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zooms[button.dataset.zoom]());
for (const input of [turn, along]) input?.addEventListener("input", lay);
calibrate(document.getElementById("calibrate"), trueSize);
stage.addEventListener("wheel", (event) => { event.preventDefault(); near(event.deltaY < 0 ? 1.2 : 1 / 1.2); }, { passive: false });

// Dragging moves the picture; at a fold it moves the fold, and with the shift key turns it. Two fingers zoom.
const fingers = new Map();
let moved = false;
let spread = 0;
stage.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, event);
  moved = false;
  spread = 0;
  if (way === "blink") blink(false);
});
stage.addEventListener("pointermove", (event) => {
  const held = fingers.get(event.pointerId);
  if (!held) return;
  const [dx, dy] = [event.clientX - held.clientX, event.clientY - held.clientY];
  if (!moved && Math.hypot(dx, dy) < 4) return;
  if (!moved) stage.setPointerCapture(event.pointerId);
  moved = true;
  fingers.set(event.pointerId, event);
  if (fingers.size === 2) {
    const [one, other] = [...fingers.values()];
    const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    if (spread > 0) near(now / spread);
    spread = now;
    return;
  }
  if (way === "fold" && event.shiftKey) {
    turn.value = limit(Number(turn.value) + dx / 2, 180);
  } else if (way === "fold") {
    const angle = Number(turn.value) * Math.PI / 180;
    along.value = limit(Number(along.value) + (dx * Math.cos(angle) + dy * Math.sin(angle)) / (whole() * zoom) * 200, 100);
  } else {
    shift = [shift[0] + dx, shift[1] + dy];
  }
  lay();
});
for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => { fingers.delete(event.pointerId); if (way === "blink") blink(true); });
stage.addEventListener("click", (event) => {
  const own = event.target.closest(".place");
  if (own && !moved) select(Number(own.dataset.place), false);
});

const moves = { ArrowLeft: [-30, 0], ArrowRight: [30, 0], ArrowUp: [0, -30], ArrowDown: [0, 30] };
const press = (id) => document.getElementById(id)?.click();
const keys = {
  "+": zooms.in, "=": zooms.in, "-": zooms.out, 0: fit, t: trueSize,
  "[": () => press("previous"), "]": () => press("following"), l: () => press("list-link"), g: () => press("lens"),
  m: () => shownMarks?.click(), ".": () => select(at + 1, true), ",": () => select(Math.max(at, 0) - 1, true),
  d: () => { if (!isCompared) return; part = PARTS[(PARTS.indexOf(part) + (way === "difference" ? 1 : 0)) % PARTS.length]; show("difference"); },
};
addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  const number = Number(event.key);
  const onRange = event.target.closest("input[type=range]");
  const arrow = !onRange && moves[event.key];
  if (number >= 1 && number <= WAYS.length) { if (isCompared) show(WAYS[number - 1]); }
  else if (event.key === " " && way === "blink" && !event.target.closest("button, a, summary")) { if (!event.repeat) blink(false); }
  else if (keys[event.key]) keys[event.key]();
  else if (arrow && glass.isOn && event.shiftKey) glass.move(arrow);
  else if (arrow && way === "fold") {
    const isTurn = event.key === "ArrowUp" || event.key === "ArrowDown";
    const by = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -2 : 2;
    if (isTurn) turn.value = limit(Number(turn.value) + by, 180);
    else along.value = limit(Number(along.value) + by, 100);
    lay();
  } else if (arrow && event.target.closest("#stage")) { shift = [shift[0] + arrow[0], shift[1] + arrow[1]]; lay(); }
  else return;
  event.preventDefault();
});
addEventListener("keyup", (event) => { if (event.key === " " && way === "blink") blink(true); });
addEventListener("resize", lay);
show("side");
