// A page of the scan: drawn small first, then in tiles of its own pixels where one looks closely.
import { isWriting } from "./call.js";

const TILE = 1024;
const SIDE = 1600;
// Height of a label's letters on the screen.
const LETTERS = 13;
const sheets = [...document.querySelectorAll(".sheet")];
const space = "http://www.w3.org/2000/svg";

const picture = (paper, query, [x, y, width, height]) => {
  const image = document.createElementNS(space, "image");
  for (const [name, value] of Object.entries({ x, y, width, height, href: `${paper.dataset.source}?${query}`, preserveAspectRatio: "none" })) {
    image.setAttribute(name, value);
  }
  paper.querySelector(".tiles").append(image);
};

export class Paper {
  constructor(svg) {
    this.svg = svg;
    this.size = [Number(svg.dataset.width), Number(svg.dataset.height)];
    this.box = [0, 0, ...this.size];
    this.tiles = new Set();
    picture(svg, `side=${SIDE}`, [0, 0, ...this.size]);
    this.listen();
    this.label();
    addEventListener("resize", () => this.label());
  }

  show() {
    this.svg.setAttribute("viewBox", this.box.join(" "));
    this.label();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.sharpen(), 150);
  }

  // Labels keep their size on the screen, and stand above their seals.
  label() {
    const letters = LETTERS * this.scale();
    for (const seal of this.svg.querySelectorAll(".seal")) {
      const text = seal.querySelector("text");
      text.setAttribute("font-size", letters);
      const [x, y] = ["x", "y"].map((name) => Number(seal.querySelector("rect").getAttribute(name)));
      text.setAttribute("y", y - letters / 2);
      // One that would end beyond the page begins further to the left.
      text.setAttribute("x", Math.max(0, Math.min(x, this.size[0] - text.getComputedTextLength())));
    }
    for (const text of this.svg.querySelectorAll(".measures text")) {
      text.setAttribute("font-size", letters);
      if (text.dataset.y) text.setAttribute("y", Number(text.dataset.y) + letters * 1.2);
      else text.setAttribute("dx", letters / 2);
    }
  }

  // Page pixels a pixel of the screen.
  scale() {
    const { width, height } = this.svg.getBoundingClientRect();
    return Math.max(this.box[2] / width, this.box[3] / height);
  }

  sharpen() {
    const overview = Math.ceil(Math.max(...this.size) / SIDE);
    if (overview < 2 || this.scale() * devicePixelRatio > overview * 0.75) return;
    const [left, top, width, height] = this.box;
    for (let x = Math.max(0, Math.floor(left / TILE)); x * TILE < Math.min(left + width, this.size[0]); x += 1) {
      for (let y = Math.max(0, Math.floor(top / TILE)); y * TILE < Math.min(top + height, this.size[1]); y += 1) {
        const key = `${x} ${y}`;
        if (this.tiles.has(key)) continue;
        this.tiles.add(key);
        const box = [x * TILE, y * TILE, Math.min(TILE, this.size[0] - x * TILE), Math.min(TILE, this.size[1] - y * TILE)];
        picture(this.svg, `side=${TILE}&x=${box[0]}&y=${box[1]}&width=${box[2]}&height=${box[3]}`, box);
      }
    }
  }

  // Where on the page a point of the screen is.
  place({ clientX, clientY }) {
    const matrix = this.svg.getScreenCTM().inverse();
    return new DOMPoint(clientX, clientY).matrixTransform(matrix);
  }

  zoom(by, about) {
    const [x, y, width, height] = this.box;
    const middle = about ?? { x: x + width / 2, y: y + height / 2 };
    const limited = Math.min(Math.max(width / by, 60), this.size[0] * 2) / width;
    this.box = [middle.x - (middle.x - x) * limited, middle.y - (middle.y - y) * limited, width * limited, height * limited];
    this.show();
  }

  move(dx, dy) {
    this.box[0] += dx;
    this.box[1] += dy;
    this.show();
  }

  fit() {
    this.box = [0, 0, ...this.size];
    this.show();
  }

  // Goes to a seal, with paper around it.
  look(seal) {
    const rect = seal.querySelector("rect");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    this.box = [x - width, y - height, width * 3, height * 3];
    this.show();
  }

  listen() {
    const fingers = new Map();
    let spread = 0;
    let moved = false;
    this.svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.place(event));
    }, { passive: false });
    this.svg.addEventListener("pointerdown", (event) => { if (this.isHeld) return; fingers.set(event.pointerId, event); moved = false; spread = 0; });
    this.svg.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      if (!moved && Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < 4) return;
      if (!moved) this.svg.setPointerCapture(event.pointerId);
      moved = true;
      if (fingers.size === 1) {
        const scale = this.scale();
        this.move((before.clientX - event.clientX) * scale, (before.clientY - event.clientY) * scale);
      }
      fingers.set(event.pointerId, event);
      if (fingers.size === 2) {
        const [one, other] = [...fingers.values()];
        const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        const between = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
        if (spread > 0) this.zoom(now / spread, this.place(between));
        spread = now;
      }
    });
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, (event) => { fingers.delete(event.pointerId); spread = 0; });
    // What was dragged was not pressed.
    this.svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, { capture: true });
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
  }
}

const papers = new Map();
export const shown = () => sheets.find((sheet) => !sheet.hidden);
export const paper = () => {
  const svg = shown()?.querySelector("svg");
  if (!svg) return null;
  if (!papers.has(svg)) papers.set(svg, new Paper(svg));
  return papers.get(svg);
};

export const show = (number) => {
  for (const sheet of sheets) sheet.hidden = sheet.dataset.sheet !== String(number);
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", button.dataset.show === String(number));
  return paper();
};
paper();

const turn = (by) => {
  const index = sheets.indexOf(shown()) + by;
  if (sheets[index]) show(sheets[index].dataset.sheet);
};

// A seal on the page, in the list, and the findings about it: one is shown with the others.
const mark = (number) => {
  for (const one of document.querySelectorAll(".at")) one.classList.remove("at");
  for (const one of document.querySelectorAll(`[data-seal="${number}"], [data-impression="${number}"]`)) (one.closest(".marks li") ?? one).classList.add("at");
};
const look = (number) => {
  const seal = document.querySelector(`.seal[data-seal="${number}"]`);
  if (!seal) return;
  show(seal.closest(".sheet").dataset.sheet)?.look(seal);
  mark(number);
};
for (const seal of document.querySelectorAll("[data-seal]")) {
  seal.addEventListener("pointerenter", () => mark(seal.dataset.seal));
  seal.addEventListener("focus", () => mark(seal.dataset.seal));
}
for (const finding of document.querySelectorAll(".finding")) {
  finding.addEventListener("click", (event) => {
    if (event.target.closest("a, button, summary, textarea, form")) return;
    if (finding.dataset.impression !== undefined) look(finding.dataset.impression);
    else if (finding.dataset.page) show(finding.dataset.page);
  });
}
for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
const zooms = { in: () => paper()?.zoom(1.5), out: () => paper()?.zoom(1 / 1.5), fit: () => paper()?.fit() };
for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zooms[button.dataset.zoom]());
const marks = document.getElementById("marks");
// Layers of all pages at once; those that are pictures of their own are fetched when they are first asked for.
const layer = (name) => document.querySelector(`[data-layer="${name}"]`);
for (const box of document.querySelectorAll("[data-layer]")) {
  box.addEventListener("change", () => {
    const { layer: name } = box.dataset;
    for (const svg of document.querySelectorAll(".paper")) svg.classList.toggle(`without-${name}`, !box.checked);
    if (!box.checked) return;
    for (const image of document.querySelectorAll(`image.${name}[data-href]`)) {
      image.setAttribute("href", image.dataset.href);
      delete image.dataset.href;
    }
  });
}

// The menu of layers closes on Escape, and where one goes on with something else.
const menu = document.querySelector("details.layers");
addEventListener("pointerdown", (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.open) return;
  if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  menu.open = false;
});

const seals = () => [...document.querySelectorAll(".marks a[data-seal]")].map((link) => link.dataset.seal);
let at = -1;
const keys = {
  "+": zooms.in, "=": zooms.in, "-": zooms.out, 0: zooms.fit,
  n: () => document.getElementById("next")?.click(),
  l: () => document.getElementById("list-link")?.click(),
  PageDown: () => turn(1),
  PageUp: () => turn(-1),
  j: () => { at = Math.min(at + 1, seals().length - 1); look(seals()[at]); },
  k: () => { at = Math.max(at - 1, 0); look(seals()[at]); },
  Enter: () => { if (at >= 0) document.querySelector(`.marks a[data-seal="${seals()[at]}"]`)?.click(); },
  m: () => marks?.click(),
  p: () => layer("paper")?.click(),
  i: () => layer("ink")?.click(),
  x: () => layer("text")?.click(),
  s: () => layer("signature")?.click(),
  d: () => layer("measures")?.click(),
};
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  const arrow = event.target.closest(".paper") && arrows[event.key];
  if (arrow) {
    const own = paper();
    own.move(arrow[0] * own.box[2] / 10, arrow[1] * own.box[3] / 10);
  } else if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});
