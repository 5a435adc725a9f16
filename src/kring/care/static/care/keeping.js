// What the workers of this site share; each is served with this before it (see keeping.py).
"use strict";

const PATIENCE = 4000; // milliseconds: on a bad line what was kept is shown sooner than nothing

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function inTime(promise) {
  return Promise.race([promise, new Promise((_, late) => setTimeout(() => late(new Error("late")), PATIENCE))]);
}

async function networkFirst(request, cacheName) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

// The styles, pictures and scripts that a page names, and the typeface that the styles name.
async function keepLook(cache, body) {
  for (const [, path] of body.matchAll(/(?:href|src)="(\/static\/[^"]+\.(?:css|svg|png|js))"/g)) {
    await cache.add(path);
    if (!path.endsWith(".css")) continue;
    const css = await (await cache.match(path)).text();
    for (const [, font] of css.matchAll(/url\("?([^")]+\.woff2)"?\)/g)) {
      await cache.add(new URL(font, new URL(path, self.location)).href);
    }
  }
}

