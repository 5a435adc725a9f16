// Keeps lessons that were opened, so that they can be read without a network. It sees only pages under /training/ and
// keeps only what a lesson's page asks it to keep: never a quiz, a portfolio or anything of a circle. Signing out
// empties it (signed-out.js deletes every cache of this device).

const LESSONS = "lessons";

self.addEventListener("message", (event) => {
  if (!event.data.keep) return;
  event.waitUntil(keep(event.data.keep).then((kept) => event.ports[0] && event.ports[0].postMessage(kept)));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(networkFirst(event.request, LESSONS));
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

async function forget(path) {
  return (await caches.open(LESSONS)).delete(path, { ignoreVary: true });
}

async function keep(lesson) {
  const cache = await caches.open(LESSONS);
  const answer = await fetch(lesson, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) return false;
  const body = await answer.text();
  await cache.put(lesson, new Response(body, { headers: answer.headers }));
  await keepLook(cache, body);
  return true;
}
