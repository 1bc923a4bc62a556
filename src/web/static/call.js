// Requests to the service: with the page's token, and with the service's own words where it refuses.
import { known, t } from "./words.js";

export const csrf = () => document.querySelector("meta[name=csrf]").content;

export class Refused extends Error {
  constructor(status, code, detail, because) {
    super(detail);
    this.status = status;
    this.code = code;
    this.because = because;
  }
}

// In other languages than the service's own: what has no words of its own is refused in general ones.
const told = (code) => known(`app.problem.${code}`) ?? known(`app.problem.refused`);

export const refusal = (status, text) => {
  let problem = {};
  try { problem = JSON.parse(text); } catch { /* Whatever stands between did not answer as the service does. */ }
  if (status === 401 && problem.code === "not_signed_in") return new Refused(status, problem.code, t("app.signed_out"));
  return new Refused(status, problem.code, told(problem.code) ?? problem.detail ?? t("app.no_answer"), problem.because);
};

export const call = async (method, address, body, more = {}) => {
  const headers = { "x-csrf-token": csrf(), accept: "application/json", ...more };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, "no_answer", t("app.no_answer"));
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  return text ? JSON.parse(text) : null;
};

// Whether a key is meant for what is written in, and not for the page.
export const isWriting = (event) =>
  event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input:not([type=range]):not([type=checkbox]), textarea, select");
