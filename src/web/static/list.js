// A list gone through by keyboard, which grows as it is read.
import { isWriting } from "./call.js";
import { t, tell } from "./words.js";

const list = document.getElementById("list");
const rows = () => [...(list?.querySelectorAll("tr[data-row]") ?? [])];
let at = -1;

const go = (to) => {
  const all = rows();
  if (all.length === 0) return;
  all[at]?.classList.remove("at");
  at = Math.max(0, Math.min(to, all.length - 1));
  const row = all[at];
  row.classList.add("at");
  row.querySelector("a")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (at > all.length - 20) grow();
};

// The next rows are those of the next page, put behind these.
let growing = false;
const grow = async () => {
  const more = document.getElementById("more");
  if (!more || growing) return;
  growing = true;
  try {
    const response = await fetch(more.href, { headers: { accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    list.tBodies[0].append(...page.querySelectorAll("#list tr[data-row]"));
    const next = page.getElementById("more");
    if (next) more.href = next.getAttribute("href");
    else more.parentElement.textContent = t("app.end_of_list");
    // Where one has scrolled on meanwhile, the end is near again: seen anew, it says so once more.
    ends.unobserve(more);
    if (next) requestAnimationFrame(() => ends.observe(more));
  } catch {
    tell(t("app.no_answer"));
  } finally {
    growing = false;
  }
};
const ends = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) grow(); }, { rootMargin: "600px" });

const more = document.getElementById("more");
if (more) {
  more.addEventListener("click", (event) => { event.preventDefault(); grow(); });
  ends.observe(more);
}

addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  if (event.key === "j") go(at + 1);
  else if (event.key === "k") go(at - 1);
  else if (event.key === "/") document.querySelector("input[type=search]")?.focus();
  else return;
  event.preventDefault();
});
document.querySelector(".filter select")?.addEventListener("change", (event) => event.target.form.requestSubmit());
