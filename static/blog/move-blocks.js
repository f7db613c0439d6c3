// Blocks are added, moved up and moved down with the keyboard too; the editor itself offers dragging.

const words = document.querySelector("[data-kept-draft]");
const editor = () => document.querySelector(".order-machine");

const ordering = (block) => block.querySelector(".order-machine-ordering");
const blocks = () =>
  [...editor().querySelectorAll(".inline-related:not(.empty-form)")].sort(
    (one, other) => one.style.order - other.style.order,
  );

function move(block, by) {
  const all = blocks();
  const from = all.indexOf(block);
  const to = from + by;
  if (to < 0 || to >= all.length) return;
  all.splice(to, 0, ...all.splice(from, 1));
  for (const [index, one] of all.entries()) {
    ordering(one).value = one.style.order = 10 * (index + 1);
  }
  const said = words.querySelector("[data-moved]");
  said.textContent = said.dataset.text.replace("{n}", to + 1).replace("{all}", all.length);
  block.scrollIntoView({ block: "nearest" });
}

function equip(block) {
  const heading = block.querySelector(":scope > h3");
  if (!heading || heading.querySelector(".move-block")) return;
  const buttons = document.createElement("span");
  buttons.className = "move-block";
  buttons.append(words.querySelector("[data-move]").content.cloneNode(true));
  buttons.querySelector("[data-up]").addEventListener("click", () => move(block, -1));
  buttons.querySelector("[data-down]").addEventListener("click", () => move(block, 1));
  buttons.addEventListener("click", (event) => event.stopPropagation());
  heading.append(buttons);
}

function makeReachable(control, label) {
  control.tabIndex = 0;
  control.setAttribute("role", "button");
  if (label) control.setAttribute("aria-label", label);
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    control.click();
    document.querySelector(".plugin-buttons-visible .plugin-buttons .plugin-button")?.focus();
  });
}

function start() {
  if (!editor() || !words) return;
  const equipAll = () => {
    for (const block of blocks()) equip(block);
  };
  equipAll();
  for (const button of document.querySelectorAll(".plugin-buttons .plugin-button")) {
    makeReachable(button);
  }
  const last = editor().querySelector(".order-machine-insert-target.last");
  if (last) makeReachable(last, words.dataset.add);
  document.addEventListener("formset:added", () => setTimeout(equipAll));
}

// The editor is built once jQuery is ready, which may be before or after this module runs.
if (editor()) start();
else document.addEventListener("content-editor:ready", start, { once: true });
