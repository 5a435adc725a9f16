// Keeps lessons that were opened, so that they can be read without a network. It sees only pages under /training/ and
// keeps only what a lesson's page asks it to keep: never a quiz, a portfolio or anything of a circle. Signing out
// empties it (signed-out.js deletes every cache of this device).
"use strict";

const LESSONS = "lessons";
const PATIENCE = 4000; // milliseconds: on a bad line the kept lesson is shown sooner than nothing

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (!event.data.keep) return;
  event.waitUntil(keep(event.data.keep).then((kept) => event.ports[0] && event.ports[0].postMessage(kept)));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(networkFirst(event.request));
});

async function page(request, url) {
  const kept = await caches.match(url.pathname, { cacheName: LESSONS, ignoreVary: true });
  if (!kept) return fetch(request);
  try {
    const answer = await inTime(fetch(request));
    if (answer.type === "opaqueredirect" || answer.status === 404) await forget(url.pathname); // no longer theirs
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
}

function inTime(promise) {
  return Promise.race([promise, new Promise((_, late) => setTimeout(() => late(new Error("late")), PATIENCE))]);
}

async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: LESSONS, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function forget(path) {
  return (await caches.open(LESSONS)).delete(path, { ignoreVary: true });
}

async function keep(lesson) {
  const cache = await caches.open(LESSONS);
  const answer = await fetch(lesson, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) return false;
  const body = await answer.text();
  await cache.put(lesson, new Response(body, { headers: answer.headers }));
  for (const [, path] of body.matchAll(/(?:href|src)="(\/static\/[^"]+\.(?:css|svg|js))"/g)) {
    await cache.add(path);
    if (!path.endsWith(".css")) continue;
    const css = await (await cache.match(path)).text();
    for (const [, font] of css.matchAll(/url\("?([^")]+\.woff2)"?\)/g)) {
      await cache.add(new URL(font, new URL(path, self.location)).href);
    }
  }
  return true;
}
