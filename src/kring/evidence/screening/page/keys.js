// Keys for deciding; the page works without them, and they can be switched off.
"use strict";
const box = document.getElementById("keys");
let on = true;
try { on = localStorage.getItem("keys") !== "off"; } catch (error) { /* storage may be closed */ }
if (box) {
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try { localStorage.setItem("keys", on ? "on" : "off"); } catch (error) { /* then for this page only */ }
  });
}
document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  if (event.key === "u") { document.getElementById("undo")?.click(); return; }
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!target) return;
  event.preventDefault();
  target.click();
  if (target.type === "radio") target.focus();
});
// A decision is sent once, however often the key is hit.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
