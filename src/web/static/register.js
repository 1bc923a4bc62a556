// Changes of the register: looked at line by line before they are proposed, and answered by another person.
import { call, csrf, refusal } from "./call.js";
import { ask } from "./ask.js";
import { t, tell } from "./words.js";

const send = async (address, form) => {
  let response;
  try {
    response = await fetch(address, { method: "POST", headers: { "x-csrf-token": csrf(), accept: "application/json" }, body: form });
  } catch {
    throw new Error(t("app.no_answer"));
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const problem = refusal(response.status, text);
  if (problem.because) problem.message = why(problem.because, problem.message);
  throw problem;
};

// A field of CSV, whatever it holds.
const field = (text) => `"${text.replaceAll('"', '""')}"`;
const sheet = (...rows) => {
  const names = Object.keys(rows[0]).filter((name) => rows.some((row) => row[name]));
  const lines = [names, ...rows.map((row) => names.map((name) => field(row[name] ?? "")))];
  return new Blob(lines.map((line) => `${line.join(",")}\n`), { type: "text/csv" });
};

const line = (className, text) => {
  const item = document.createElement("li");
  item.className = className;
  item.textContent = text;
  return item;
};

// A day as the service writes it.
const { lang } = document.documentElement;
const style = lang === "vi" ? { day: "2-digit", month: "2-digit", year: "numeric" } : { dateStyle: "long" };
const days = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...style, timeZone: "UTC" });
// What a row would do and why it is none, in the reader's language.
const said = (name, value = "") => {
  if (name === "event") return t(`event.${value}`);
  if (name === "kind" || name === "other_kind") return t(`web.kind.${value}`);
  if (name === "specimen_fault") return t(`app.specimen.${value}`);
  if (["day", "from", "to", "on"].includes(name)) return days.format(new Date(`${value}T00:00Z`));
  return value;
};
const filled = (key, values) => t(key).replaceAll(/\{(\w+)\}/g, (_, name) => said(name, values[name]));
const sentence = ({ code, values }) => filled(`app.effect.${code}`, values);
// The service's own sentences are English.
const isEnglish = document.documentElement.lang === "en";
const why = ({ code, values }, own) => (isEnglish ? own : filled(`app.row.${code}`, values));

// What a form would do, shown under it; what cannot be proposed stays so.
const looked = (form, { lines, left_out, warned, warnings }) => {
  const list = document.createElement("ul");
  list.className = "effect";
  for (const own of lines) list.append(line(own.weight, own.because ? `${sentence(own)} ${why(own.because, own.values.reason)}` : sentence(own)));
  for (const own of left_out) list.append(line("fault", `${t("app.left_out")} ${own.line}${own.about ? `, ${own.about}` : ""}: ${why(own, own.reason)}`));
  const places = warned.map((own) => (own.line ? `${t("app.line")} ${own.line}: ` : ""));
  for (const [index, own] of warned.entries()) list.append(line("warning", isEnglish ? warnings[index] : places[index] + why(own)));
  const changes = lines.some((own) => own.weight === "change") && !lines.some((own) => own.weight === "fault");
  if (!changes) list.append(line("nothing", t("app.nothing_changes")));
  form.querySelector(".preview").replaceChildren(list);
  form.querySelector("button.main").disabled = !changes;
};

const busy = async (form, work) => {
  const buttons = [...form.querySelectorAll("button")];
  const before = buttons.map((button) => button.disabled);
  for (const button of buttons) button.disabled = true;
  let settle;
  try {
    settle = await work();
  } catch (error) {
    tell(error.message);
  } finally {
    buttons.forEach((button, index) => { button.disabled = before[index]; });
    settle?.();
  }
};

const changing = (form, body) => {
  form.addEventListener("input", () => { form.querySelector("button.main").disabled = true; });
  form.querySelector("[data-preview]").addEventListener("click", () => {
    if (form.reportValidity()) busy(form, async () => { const found = await send("/api/v1/proposals/preview", await body()); return () => looked(form, found); });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form, async () => {
      await send("/api/v1/proposals", await body());
      tell(t("app.proposed"));
      location.assign("/register/changes");
    });
  });
};

const imported = document.getElementById("import");
if (imported) changing(imported, () => new FormData(imported));

const enrol = document.getElementById("enrol");
if (enrol) {
  const scan = () => enrol.elements.specimen.files[0];
  changing(enrol, () => {
    const row = Object.fromEntries(["id", "organisation", "specimen_dpi", "registered_on", "certificate_no", "authority"].map((name) => [name, enrol.elements[name].value.trim()]));
    const form = new FormData();
    form.append("specimen", scan(), "specimen");
    form.append("file", sheet({ ...row, specimen: "specimen" }), "enrolment.csv");
    return form;
  });
  const check = async () => {
    if (!scan()) return;
    const place = enrol.querySelector(".checks");
    place.textContent = "…";
    const dpi = enrol.elements.specimen_dpi.value;
    try {
      const found = await send(`/api/v1/specimens/check${dpi ? `?dpi=${encodeURIComponent(dpi)}` : ""}`, scan());
      const list = document.createElement("ul");
      const why = !found.code ? "" : document.documentElement.lang === "en" ? `: ${found.reason}` : `: ${t(`app.specimen.${found.code}`)}`;
      list.append(line(found.good ? "good" : "fault", `${t(found.good ? "app.good_enough" : "app.not_good_enough")}${why}`));
      const share = (value, code) => (code === "resolution" ? `${Math.round(value)} dpi` : `${Math.round(value * 100)} %`);
      for (const own of found.checks) {
        const figures = own.value === null ? "" : `: ${share(own.value, own.code)}${own.good ? "" : ` (${own.code === "covered" ? "≤" : "≥"} ${share(own.needed, own.code)})`}`;
        list.append(line(own.good ? "good" : "fault", `${t(`app.check.${own.code}`)}${figures}`));
      }
      place.replaceChildren(list);
    } catch (error) {
      place.textContent = error.message;
    }
  };
  enrol.elements.specimen.addEventListener("change", check);
  enrol.elements.specimen_dpi.addEventListener("change", check);
}

const happened = document.getElementById("happened");
if (happened) changing(happened, () => {
  const row = Object.fromEntries(["event", "on", "by", "instrument", "note", "successor"].map((name) => [name, happened.elements[name].value.trim()]));
  const form = new FormData();
  form.append("file", sheet({ seal: happened.dataset.seal, ...row }), "event.csv");
  return form;
});

const kept = document.getElementById("keep-list");
if (kept) changing(kept, () => {
  const { body, on, list } = kept.dataset;
  const form = new FormData();
  form.append("file", sheet({ body, reviewed_on: on, list }), "review.csv");
  return form;
});

// A die of no register: its impressions are cut out of their scans, at the scans' own pixels.
const watch = document.getElementById("watch");
if (watch) changing(watch, async () => {
  const chosen = [...watch.querySelectorAll("[name=impression]:checked")];
  const die = watch.elements.die.value.trim();
  const today = new Date().toISOString().slice(0, 10);
  const form = new FormData();
  const rows = [];
  for (const [index, own] of chosen.entries()) {
    const response = await fetch(own.value).catch(() => null);
    if (!response?.ok) throw new Error(t("app.picture_missing"));
    const specimen = `impression-${index + 1}.jpg`;
    form.append("specimen", await response.blob(), specimen);
    rows.push({ die, specimen, specimen_dpi: own.dataset.dpi, poses_as: watch.dataset.seal, reported_on: today });
  }
  if (rows.length === 0) throw new Error(t("app.none_chosen"));
  form.append("note", watch.elements.note.value.trim());
  form.append("file", sheet(...rows), "watch.csv");
  return form;
});

for (const button of document.querySelectorAll("[data-proposal] [data-answer]")) {
  button.addEventListener("click", async () => {
    const { answer } = button.dataset;
    const reason = answer === "reject" ? await ask(t("app.reason_missing")) : "";
    if (reason === null) return;
    try {
      await call("POST", `/api/v1/proposals/${button.closest("[data-proposal]").dataset.proposal}/answer`, { answer, reason });
      location.reload();
    } catch (error) {
      tell(error.message);
    }
  });
}
