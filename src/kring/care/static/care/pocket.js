// The button that keeps a crisis card on this phone, or takes it off again. Without this script it does not show.
"use strict";

(async () => {
  const box = document.querySelector("[data-card]");
  if (!box || !("serviceWorker" in navigator) || !("caches" in window)) return;
  const card = box.dataset.card;
  const [keep, drop] = [box.querySelector("[data-keep]"), box.querySelector("[data-drop]")];
  const said = box.querySelector("[role=status]");

  const show = async (words) => {
    const kept = Boolean(await caches.match(card, { cacheName: "cards", ignoreVary: true }));
    const asked = document.activeElement === keep || document.activeElement === drop;
    keep.hidden = kept;
    drop.hidden = !kept;
    if (asked) (kept ? drop : keep).focus();
    said.textContent = words || (kept ? said.dataset.kept : "");
    box.hidden = false;
  };

  const tell = (worker, message) =>
    new Promise((answered) => {
      const line = new MessageChannel();
      line.port1.onmessage = (event) => answered(event.data);
      worker.postMessage(message, [line.port2]);
    });

  keep.addEventListener("click", async () => {
    try {
      await navigator.serviceWorker.register("/worker.js", { scope: "/" });
      const { active } = await navigator.serviceWorker.ready;
      await show((await tell(active, { keep: card })) ? "" : said.dataset.failed);
    } catch {
      await show(said.dataset.failed);
    }
  });

  drop.addEventListener("click", async () => {
    const registered = await navigator.serviceWorker.getRegistration("/");
    if (registered && registered.active) await tell(registered.active, { drop: card });
    else await caches.delete("cards");
    await show(said.dataset.dropped);
  });

  await show();
})();
