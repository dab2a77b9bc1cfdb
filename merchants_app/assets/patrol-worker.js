// The service worker: the app opens with no network, and so does a door scanned with the phone's
// own camera. It touches GET navigations and our static files; never a write, never /api.
//
// `__RELEASE__` is put in by routes/patrol_worker.py: a hash over all built files. Each release has
// a cache of its own, and a page is kept only together with every file that it names.

const RELEASE = self.__RELEASE__;
const CACHE = `menqian-${RELEASE}`;
const APP = "/patrols/app";
const LANGUAGES = ["zh", "en"];
const REMEMBERED = "/patrols/app/language";
const DOOR = /^\/q\/([0-9a-z]{16})\/?$/i;
const PATIENCE_MS = 5000;
const TRIES = 5;

const shellOf = (lang) => `${APP}?lang=${lang}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function fetched(path) {
  for (let tried = 1; ; tried++) {
    try {
      const how = { credentials: "omit", cache: "no-cache", redirect: "error" };
      const answer = await fetch(path, how);
      if (answer.status === 200) return answer;
      throw new TypeError(`${path}: ${answer.status}`);
    } catch (error) {
      if (tried === TRIES) throw error;
      await pause(2 ** tried * 250);
    }
  }
}

// A captive portal answers 200 with a page of its own: ours names its language and its files.
function parts(text) {
  const named = new Set(text.match(/\/static\/[\w.-]+/g) ?? []);
  const listed = text.match(/<script[^>]*id="assets"[^>]*>([^<]*)</)?.[1];
  if (!listed || !named.size) throw new TypeError("not the app's page");
  const { scanner, wasm } = JSON.parse(listed);
  const later = [scanner, wasm].filter(Boolean);
  return { first: [...named].filter((each) => !later.includes(each)), later };
}

const languageOf = (text) => (/<html[^>]*lang="en/.test(text) ? "en" : "zh");

async function keep(cache, paths) {
  for (const path of paths) {
    if (!(await cache.match(path))) await cache.put(path, await fetched(path));
  }
}

// The page goes in last: whoever finds it finds what it needs.
async function keepShell(cache, lang) {
  const answer = await fetched(shellOf(lang));
  const { first, later } = parts(await answer.clone().text());
  await keep(cache, first);
  await cache.put(shellOf(lang), answer);
  return later;
}

async function keepDecoder() {
  const cache = await caches.open(CACHE);
  const page = await cache.match(shellOf("zh"));
  if (page) await keep(cache, parts(await page.text()).later);
}

async function install() {
  const cache = await caches.open(CACHE);
  for (const lang of LANGUAGES) await keepShell(cache, lang);
  // Without `lang` the server goes by the cookie, which a worker cannot see.
  const now = await fetch(APP, { cache: "no-cache" }).then((each) => each.text(), () => "");
  await remember(languageOf(now));
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("menqian-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function remember(lang) {
  const cache = await caches.open(CACHE);
  await cache.put(REMEMBERED, new Response(lang));
}

async function languageFor(url) {
  const asked = url.searchParams.get("lang");
  if (LANGUAGES.includes(asked)) {
    await remember(asked);
    return asked;
  }
  const known = await caches.match(REMEMBERED);
  return known ? known.text() : LANGUAGES[0];
}

// From what is kept, at once; then looked after for the next time. A page of another release has
// files of its own: that is the next worker's.
async function app(event, url) {
  const lang = await languageFor(url);
  const cache = await caches.open(CACHE);
  const kept = await cache.match(shellOf(lang));
  event.waitUntil(refresh(cache, lang).catch(() => {}));
  if (url.search) event.waitUntil(tellServer(url));
  return kept ?? fetch(event.request);
}

// A choice made in the address is the server's to remember too, in its cookie.
const tellServer = (url) => fetch(url.href, { cache: "no-store" }).catch(() => {});

async function refresh(cache, lang) {
  const answer = await fetch(shellOf(lang), { credentials: "omit", cache: "no-cache" });
  if (answer.status !== 200) return;
  const { first } = parts(await answer.clone().text());
  const known = await Promise.all(first.map((path) => cache.match(path)));
  if (known.every(Boolean)) await cache.put(shellOf(lang), answer);
  else await self.registration.update();
  await keepDecoder();
}

// The door as the network has it; where that fails or takes too long, the app with what it took
// along.
async function door(request, token) {
  const kept = await caches.match(shellOf(LANGUAGES[0]));
  if (!kept) return fetch(request);
  const late = pause(PATIENCE_MS).then(() => null);
  // A proxy that answers in the server's place says as little as none.
  const asked = fetch(request).then((each) => (each.status >= 502 ? null : each), () => null);
  const answer = await Promise.race([asked, late]);
  return answer ?? Response.redirect(`${APP}#door=${token.toUpperCase()}`, 302);
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
  keepDecoder().catch(() => {});
});
self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  if (request.mode !== "navigate") return;
  const token = url.pathname.match(DOOR)?.[1];
  if (url.pathname === APP) event.respondWith(app(event, url));
  else if (token) event.respondWith(door(request, token));
  else if (url.searchParams.has("lang")) event.waitUntil(languageFor(url));
});
