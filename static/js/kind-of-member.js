// "You are joining as": a business leader is asked as a person, everybody else as an organisation.
const kinds = document.querySelectorAll("[data-kind]");
const asked = document.querySelectorAll("[data-person]");

function adapt() {
  const isPerson = [...kinds].some((kind) => kind.checked && kind.value === "leader");
  for (const field of asked) {
    if (!field.dataset.person) {
      field.closest(".field").hidden = isPerson;
      continue;
    }
    const label = field.labels[0];
    const words = label.querySelector("span") ?? label;
    words.textContent = isPerson ? field.dataset.person : field.dataset.organisation;
  }
}

for (const kind of kinds) kind.addEventListener("change", adapt);
adapt();
