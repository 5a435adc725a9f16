// A lesson that was opened stays readable without a network, and 'I have read this' is then sent later. What waits is
// kept as the lesson's address with the moment; the server counts each lesson once, however often it is told.
"use strict";

(() => {
  const WAITING = "waiting"; // a cache of its own, so that signing out empties it with the rest
  const form = document.querySelector("form[data-lesson]");
  const possible = "serviceWorker" in navigator && "caches" in window;
  if (!possible) return;

  const tell = (worker, message) =>
    new Promise((answered) => {
      const line = new MessageChannel();
      line.port1.onmessage = (event) => answered(event.data);
      worker.postMessage(message, [line.port2]);
    });

  async function keepThisLesson() {
    const registered = await navigator.serviceWorker.register(form.dataset.worker, { scope: "/training/" });
    const worker = registered.active || (await new Promise((ready) => {
      const coming = registered.installing || registered.waiting;
      coming.addEventListener("statechange", () => coming.state === "activated" && ready(coming));
    }));
    document.documentElement.dataset.lessonKept = String(await tell(worker, { keep: form.dataset.lesson }));
  }

  async function wait(event) {
    if (navigator.onLine) return;
    event.preventDefault();
    const said = form.querySelector("[data-lesson-said]");
    const waiting = await caches.open(WAITING);
    if (!(await waiting.match(form.action))) await waiting.put(form.action, new Response(new Date().toISOString()));
    said.textContent = said.dataset.kept;
    said.hidden = false;
  }

  // A form of an older page may carry a token that no longer counts: the page is asked anew for its token.
  async function send(finish, at) {
    const page = await fetch(finish.replace(/done\/$/, ""), { redirect: "manual", cache: "no-store" });
    if (page.status === 404) return true; // no longer theirs: nothing to send
    if (!page.ok) return false;
    const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
    const body = new URLSearchParams({ at, csrfmiddlewaretoken: token.value });
    const answer = await fetch(finish, { method: "POST", body, headers: { "X-Later": "1" } });
    return answer.ok;
  }

  async function sendWhatWaits() {
    if (!navigator.onLine) return;
    const waiting = await caches.open(WAITING);
    let sent = 0;
    for (const request of await waiting.keys()) {
      const at = await (await waiting.match(request)).text();
      const done = await send(new URL(request.url).pathname, at).catch(() => false);
      if (done && (await waiting.delete(request))) sent += 1;
    }
    const said = document.querySelector("[data-lessons-said]");
    if (sent && said) {
      said.textContent = said.dataset.sent;
      said.classList.remove("hidden");
    }
  }

  if (form) {
    keepThisLesson().catch(() => {});
    form.addEventListener("submit", wait);
  }
  window.addEventListener("online", () => sendWhatWaits());
  sendWhatWaits();
})();
