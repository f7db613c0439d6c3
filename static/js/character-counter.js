// Counts down under a textarea; announced only near the limit, and only when typing pauses.
const NEAR = 40;
const PAUSE_MS = 900;

for (const area of document.querySelectorAll("textarea[data-counter]")) {
  const max = Number(area.dataset.counter);
  const { counterLeft, counterOver } = area.dataset;
  const shown = document.createElement("p");
  shown.className = "hint";
  const announced = document.createElement("p");
  announced.className = "vh";
  announced.setAttribute("role", "status");
  area.after(shown, announced);

  let pause;
  const update = () => {
    const left = max - [...area.value].length;
    shown.textContent = (left >= 0 ? counterLeft : counterOver).replace("{n}", Math.abs(left));
    clearTimeout(pause);
    pause = setTimeout(() => { announced.textContent = left < NEAR ? shown.textContent : ""; }, PAUSE_MS);
  };
  area.addEventListener("input", update);
  update();
}
