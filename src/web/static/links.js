// The same impressions on other documents. Many are compared for that, so that it is asked for when the page stands.
import { call } from "./call.js";
import { t } from "./words.js";

const place = document.getElementById("linked");
const figure = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 2 });
const filled = (key, values) => t(key).replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);

const made = (name, className, ...inner) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...inner);
  return element;
};
const to = (address, text) => {
  const link = made("a", "", text);
  link.href = address;
  return link;
};

// Another impression of a link: where it is, and whether it is this document's own sheet, scanned again.
const other = (member, id, sheet) => {
  const where = filled("app.linked.place", { page: member.page, impression: member.impression + 1 });
  const told = member.sheet === sheet && member.document !== id ? `${where} · ${t("app.linked.same_sheet")}` : where;
  const link = member.document === id
    ? to(`/documents/${id}/impressions/${member.impression}`, t("app.linked.here"))
    : to(`/documents/${member.document}`, member.name);
  return made("li", "", link, " ", made("span", "quiet small", told));
};

const shown = (link, id) => {
  const [own] = link.members.filter((member) => member.document === id);
  const others = link.members.filter((member) => member !== own);
  const what = link.finding ? t("app.linked.copies") : t("app.linked.one_sheet");
  const seal = link.seal ? to(`/register/seals/${encodeURIComponent(link.seal)}`, link.seal) : t("app.linked.unregistered");
  const times = figure.format(10 ** link.strength);
  return made(
    "li",
    link.finding ? "violation" : "",
    made("p", "what", `${own.impression + 1} · `, seal, ` · ${what}`),
    made("p", "small", filled("app.linked.strength", { times })),
    made("ul", "plain", ...others.map((member) => other(member, id, own.sheet))),
  );
};

const ask = async () => {
  const { linked: id } = place.dataset;
  try {
    const links = await call("GET", `/api/v1/documents/${id}/links`);
    const copies = links.filter((link) => link.kind === "same_impression" && link.members.some((member) => member.document === id));
    place.querySelector(".linked").append(...copies.map((link) => shown(link, id)));
    place.hidden = copies.length === 0;
  } catch (error) {
    // That nothing is known is not that there is nothing.
    document.getElementById("linked-failed").textContent = error.message;
  }
};
if (place) ask();
