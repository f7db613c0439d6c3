// Moderating voices by keyboard: keys work while a card has the focus, decisions stay on the page.
const list = document.querySelector("[data-voices]");
const left = document.querySelector("[data-left]");
const cards = () => [...list.querySelectorAll("[data-voice]")];
const writes = (element) => element.matches("textarea, select, input:not([type=checkbox])");

function go(card) {
  if (!card) return;
  for (const other of cards()) other.tabIndex = other === card ? 0 : -1;
  card.focus();
  card.scrollIntoView({ block: "nearest" });
}

function beside(card, step) {
  const all = cards();
  return all[all.indexOf(card) + step];
}

// The waiting one that follows, else the first that waits.
function upcoming(card) {
  const waiting = cards().filter((one) => one.matches("[data-waiting]") && one !== card);
  return waiting.find((one) => card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    ?? waiting[0];
}

function unfold(card, key) {
  const details = card.querySelector(`details[data-key=${key}]`);
  if (!details) return;
  details.open = true;
  const first = details.querySelector("textarea, button, a");
  first.focus();
  if (first.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
}

function onKey(event) {
  const card = event.target.closest("[data-voice]");
  if (!card || event.altKey || event.metaKey) return;
  const press = (selector) => card.querySelector(selector)?.click();
  if (event.key === "Escape") {
    for (const details of card.querySelectorAll("details")) details.open = false;
    return go(card);
  }
  if (event.ctrlKey) {
    if (event.key === "Enter" && event.target.matches("textarea")) press("details button[name=approve]");
    return;
  }
  if (writes(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "arrowdown") go(beside(card, 1));
  else if (key === "k" || key === "arrowup") go(beside(card, -1));
  else if (key === "a") press("button[data-key=a]");
  else if (key === "d" || key === "e") unfold(card, key);
  else if (key === "x") press("[data-tick]");
  else if (/^[1-9]$/.test(key) && card.querySelector("details[data-key=d]")?.open) press(`[data-digit="${key}"]`);
  else return;
  event.preventDefault();
}

function tell(text, decided) {
  if (!left) return;
  left.dataset.left -= decided;
  left.textContent = `${text}. ${left.dataset.leftText.replace("{n}", left.dataset.left)}`;
}

async function decide(event) {
  const card = event.target.closest("[data-voice]");
  event.preventDefault();
  if (card.ariaBusy) return;
  card.ariaBusy = "true";
  const body = new FormData(event.target, event.submitter);
  const answer = await fetch(event.target.action, { method: "POST", body, headers: { "X-Fragment": "1" } })
    .catch(() => null);
  if (!answer || answer.redirected || (!answer.ok && answer.status !== 422)) {
    card.ariaBusy = null;
    return location.reload(); // logged out or no answer: what the server says next is the truth
  }
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const next = upcoming(card);
  const fresh = template.content.querySelector(".voice-card");
  const isThrough = card.matches("[data-waiting]") && !fresh.matches("[data-waiting]");
  card.replaceWith(fresh);
  tell(fresh.querySelector("[data-outcome]").textContent, isThrough ? 1 : 0);
  if (answer.status === 422) fresh.querySelector("textarea").focus();
  else if (!isThrough) go(fresh);
  else if (next) go(next);
  else if (left) location.reload(); // the next ones that wait, or word that all is decided
  else go(fresh);
}

if (list) {
  list.addEventListener("keydown", onKey);
  list.addEventListener("submit", decide);
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-voice]");
    for (const other of cards()) other.tabIndex = other === card ? 0 : -1;
  });
  for (const hidden of document.querySelectorAll("[data-keys], [data-tick-all]")) hidden.hidden = false;
  document.querySelector("[data-tick-all]")?.addEventListener("click", () => {
    const boxes = [...list.querySelectorAll("[data-tick]")];
    const ticked = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = ticked;
  });
  go(cards()[0]);
}
