// Deciding on one entry after the other: the next one comes without a new page, and keys work
// while no field has the focus.
const desk = () => document.querySelector("[data-desk]");
const writes = (element) => element.matches("textarea, select, input");

const told = document.createElement("p");
told.className = "visually-hidden";
told.role = "status";

function focus() {
  (desk().querySelector("[autofocus]") ?? document.querySelector("#content-start")).focus();
}

// The page in place of the one shown; what was typed stays where the same entry comes again.
function show(page, address) {
  const before = desk();
  for (const part of ["#content-start", ".breadcrumbs"]) {
    document.querySelector(part).replaceWith(page.querySelector(part));
  }
  document.title = page.title;
  if (desk().action === before.action) {
    for (const { name, value } of before.querySelectorAll("textarea:not([name=note]), select")) {
      if (desk().elements[name]) desk().elements[name].value ||= value;
    }
  }
  if (address !== location.pathname) history.pushState({}, "", address);
  desk().querySelector("[data-keys]").hidden = false;
  scrollTo(0, 0);
  told.textContent = [...document.querySelectorAll(".messagelist li, #content > h2")]
    .map((line) => line.textContent).join(" ");
  focus();
}

const ask = (address, options) =>
  fetch(address, { ...options, headers: { "X-Desk": "1" } }).catch(() => null);
const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const kindOf = (address) => address.match(/(\w+)\/\d+\/\w+\/$/)?.[1]; // of the list: none

async function decide(event) {
  const form = event.target;
  if (form !== desk()) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  const body = new FormData(form, event.submitter);
  let answer = await ask(form.action, { method: "POST", body });
  const next = answer?.headers.get("Content-Location");
  if (next && kindOf(next) !== kindOf(location.pathname)) return location.assign(next);
  if (next) answer = await ask(next);
  const page = answer && parsed(await answer.text());
  if (page?.querySelector("[data-desk]")) show(page, next ?? location.pathname);
  else location.reload(); // no answer, or logged out: what the server says next is the truth
}

const press = (selector) => desk().querySelector(selector)?.click();
const enter = (selector) => desk().querySelector(selector)?.focus();
const KEYS = {
  a: () => press("[name=_approve]"),
  d: () => enter("[name=listed_reason]"),
  q: () => enter("[name=text]"),
  n: () => enter("[name=note]"),
  j: () => press("[data-key=j]"),
  k: () => press("[data-key=k]"),
};

function inField(event) {
  const { key, target } = event;
  const isSelect = target.matches("select");
  if (key === "Escape") focus();
  else if (isSelect && /^[1-9]$/.test(key) && target.options[key]) target.selectedIndex = key;
  else if (key === "Enter" && (isSelect || event.ctrlKey || event.metaKey)) {
    press(`[name=${target.dataset.button}]`);
  } else return;
  event.preventDefault();
}

function onKey(event) {
  if (event.altKey) return;
  if (desk().contains(event.target) && writes(event.target)) return inField(event);
  if (event.repeat && event.target.matches("button")) return event.preventDefault(); // a key held down decides once
  const key = event.key.toLowerCase();
  if (event.repeat || event.ctrlKey || event.metaKey || writes(event.target) || !KEYS[key]) return;
  KEYS[key]();
  event.preventDefault();
}

if (desk()) {
  document.body.append(told);
  desk().querySelector("[data-keys]").hidden = false;
  document.addEventListener("submit", decide);
  document.addEventListener("keydown", onKey);
  addEventListener("popstate", () => location.reload());
}
