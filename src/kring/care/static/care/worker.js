// Keeps crisis cards for when there is no network, and nothing else. It is only registered on a phone whose owner
// asked for it, asks the server at each contact whether a card may stay, and removes itself with the last card.

const CARDS = "cards";
const LOOK = "look";
const CARD_PAGE = /^\/c\/[0-9a-f-]{36}\/card\/$/;
const SIGN_OUT = /\/(sign-out|sign-in\/stop)\/$/;
const DAY = 86400000;

self.addEventListener("message", (event) => {
  const { keep, drop } = event.data; // neither: the page after signing out says that everything must go
  const work = keep ? keepCard(keep) : (drop ? dropCard(drop) : dropEverything()).then(() => leaveIfEmpty());
  event.waitUntil(work.then((done) => event.ports[0] && event.ports[0].postMessage(done)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(event, request, url));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(networkFirst(request, LOOK));
});

async function navigate(event, request, url) {
  if (request.method === "POST" && SIGN_OUT.test(url.pathname)) await caches.delete(CARDS); // also without a network
  const kept = CARD_PAGE.test(url.pathname) && request.method === "GET" ? await keptCard(url.pathname) : undefined;
  try {
    const answer = await (kept ? inTime(fetch(request)) : fetch(request));
    if (kept && answer.status >= 500) return kept;
    event.waitUntil(askAboutAll());
    return answer;
  } catch {
    return kept || noNetwork();
  }
}

async function keepCard(card) {
  const answer = await fetch(`${card}pocket/`, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) {
    await dropCard(card);
    return false;
  }
  const body = await answer.text();
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await (await caches.open(CARDS)).put(card, new Response(body, { headers }));
  const look = await caches.open(LOOK);
  await look.add(new Request("/offline/", { cache: "no-store" }));
  await keepLook(look, body);
  return true;
}

// A card that was kept, unless it waited longer than it may without asking.
async function keptCard(path) {
  const kept = await caches.match(path, { cacheName: CARDS, ignoreVary: true });
  if (!kept) return undefined;
  const days = kept.headers.get("X-Card-Days");
  if (!days || Date.now() - Number(kept.headers.get("X-Kept-At")) < Number(days) * DAY) return kept;
  await dropCard(path);
  return undefined;
}

async function askAboutAll() {
  const cards = await caches.open(CARDS);
  for (const { url } of await cards.keys()) await askAbout(cards, new URL(url).pathname);
  await leaveIfEmpty();
}

async function askAbout(cards, card) {
  const answer = await fetch(`${card}still/`, { redirect: "manual", cache: "no-store" }).catch(() => undefined);
  if (!answer) return; // the network went: nothing was said
  if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) {
    await cards.delete(card, { ignoreVary: true });
  } else if (answer.ok) {
    const kept = await cards.match(card, { ignoreVary: true });
    const { card: newest } = await answer.json();
    if (kept && (kept.headers.get("X-Card") !== newest || kept.headers.get("X-Card-Days"))) await keepAgain(cards, card, kept, newest);
  }
}

// The server said yes. The same card counts from today; a changed one is fetched anew.
async function keepAgain(cards, card, kept, newest) {
  if (kept.headers.get("X-Card") !== newest) {
    await keepCard(card);
    return;
  }
  const headers = new Headers(kept.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await cards.put(card, new Response(await kept.text(), { headers }));
}

async function dropCard(card) {
  return (await caches.open(CARDS)).delete(card, { ignoreVary: true });
}

async function dropEverything() {
  await Promise.all([caches.delete(CARDS), caches.delete(LOOK)]);
}

async function leaveIfEmpty() {
  const cards = await (await caches.open(CARDS)).keys();
  if (cards.length > 0) return false;
  await dropEverything();
  await self.registration.unregister();
  return true;
}

async function noNetwork() {
  const page = await caches.match("/offline/", { cacheName: LOOK, ignoreVary: true });
  if (!page) return Response.error();
  const list = await Promise.all((await (await caches.open(CARDS)).keys()).map(linkTo));
  const words = (await page.text()).replace("<!-- cards -->", list.join(""));
  return new Response(words, { headers: page.headers });
}

async function linkTo({ url }) {
  const path = new URL(url).pathname;
  const kept = await keptCard(path);
  if (!kept) return "";
  const [, title] = (await kept.text()).match(/<title>([^<]*)<\/title>/) || ["", path]; // escaped by the server
  return `<li><a class="row-link" href="${path}">${title.replace(" · Kring", "")}</a></li>`;
}
