// Findings that one sets aside and another agrees to.
import { call, isWriting } from "./call.js";
import { ask } from "./ask.js";
import { t, tell } from "./words.js";

const id = document.querySelector("[data-document]").dataset.document;

const done = async (work) => {
  try {
    await work();
    location.reload();
  } catch (error) {
    tell(error.message);
  }
};

for (const form of document.querySelectorAll("form[data-finding]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = form.elements.reason.value.trim();
    if (!reason) return tell(t("app.reason_missing"));
    done(() => call("POST", `/api/v1/documents/${id}/decisions`, { finding: Number(form.dataset.finding), reason }));
  });
}

for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", async () => {
    const { decision } = button.closest("[data-decision]").dataset;
    const answer = button.dataset.answer;
    const reason = answer === "reject" ? await ask(t("app.reason_missing")) : "";
    if (reason === null) return;
    done(() => call("POST", `/api/v1/decisions/${decision}/answer`, { answer, reason }));
  });
}

// What one came to about the document; then the next open one of the list comes.
const review = async (kind) => {
  const note = document.getElementById("note")?.value.trim() ?? "";
  try {
    await call("POST", `/api/v1/documents/${id}/reviews`, { kind, note });
    if (kind === "reopened") location.reload();
    else location.assign(document.getElementById("next").href);
  } catch (error) {
    tell(error.message);
  }
};
for (const button of document.querySelectorAll("[data-review]")) button.addEventListener("click", () => review(button.dataset.review));

// What one thinks of an impression, before one sees what the program says.
const place = document.querySelector("[data-opinion]");
const think = (said) => done(() => call("POST", `/api/v1/documents/${id}/impressions/${place.dataset.opinion}/opinion`, { said }));
for (const button of document.querySelectorAll("[data-said]")) button.addEventListener("click", () => think(button.dataset.said));
for (const button of document.querySelectorAll("[data-control]")) {
  button.addEventListener("click", () => done(() => call("PUT", `/api/v1/documents/${id}/control`, { truth: button.dataset.control || null })));
}

// What is known of a field better than it was read, and taking that back.
const correct = (field, said) => done(() => call("PUT", `/api/v1/documents/${id}/fields`, { [field]: said }));
for (const form of document.querySelectorAll("form[data-field]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    correct(form.dataset.field, form.elements.said.value.trim());
  });
}
for (const button of document.querySelectorAll("[data-unsaid]")) button.addEventListener("click", () => correct(button.dataset.unsaid, null));

const opinions = { s: "same", x: "different", q: "unsure" };
const reviews = { a: "accepted", r: "referred", b: "better_scan", u: "reopened" };
addEventListener("keydown", (event) => {
  if (isWriting(event) || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  document.querySelector(`[data-review="${reviews[event.key]}"]`)?.click();
  document.querySelector(`[data-said="${opinions[event.key]}"]`)?.click();
});
