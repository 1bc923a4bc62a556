// Findings that one sets aside and another agrees to.
import { call, isWriting } from "./call.js";
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
  button.addEventListener("click", () => {
    const { decision } = button.closest("[data-decision]").dataset;
    const answer = button.dataset.answer;
    const reason = answer === "reject" ? prompt(t("app.reason_missing")) : "";
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
const reviews = { a: "accepted", r: "referred", b: "better_scan", u: "reopened" };
addEventListener("keydown", (event) => {
  if (isWriting(event) || event.repeat) return;
  document.querySelector(`[data-review="${reviews[event.key]}"]`)?.click();
});
