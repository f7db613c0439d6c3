// The editors add <style> elements of their own, which the Content-Security-Policy refuses.
// Their rules are harmless and are kept: as constructed style sheets, which the policy allows.
(() => {
  const adopted = new Set();

  const adopt = (style) => {
    const rules = style.textContent;
    if (adopted.has(rules)) return;
    adopted.add(rules);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  for (const method of ["append", "appendChild"]) {
    const original = document.head[method];
    document.head[method] = function (node) {
      if (!(node instanceof HTMLStyleElement)) return original.apply(this, arguments);
      adopt(node);
      return node;
    };
  }
})();
