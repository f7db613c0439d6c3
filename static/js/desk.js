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
function show(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
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

async function decide(event) {
  const form = event.target;
  if (form !== desk()) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  const body = new FormData(form, event.submitter);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Desk": "1" } })
    .catch(() => null);
  const next = answer?.headers.get("Content-Location");
  if (next && answer.status === 204) location.assign(next); // the list, or another kind of entry
  else if (next || answer?.status === 422) show(await answer.text(), next ?? location.pathname);
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
