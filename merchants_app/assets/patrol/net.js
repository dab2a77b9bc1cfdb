// The one place that knows whether it was our server that answered.
//
// A captive portal answers 200 to anything, a proxy 502 without asking the server: only what
// carries our header counts. An answer that breaks off is no answer.

import { Refusal } from "./refusal.js";

const OURS = "menqian";
const PATIENCE = 30_000;
const SLOWEST = 4; // bytes a millisecond: a photo over the worst signal that is still one

const sizeOf = (body) => body?.size ?? body?.byteLength ?? body?.length ?? 0;

async function ask(method, path, { body, headers, timeout, anonymous }) {
  let answer;
  let text;
  try {
    answer = await fetch(path, {
      method,
      body,
      headers,
      cache: "no-store",
      credentials: anonymous ? "omit" : "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(timeout ?? PATIENCE + sizeOf(body) / SLOWEST),
    });
    text = await answer.text();
  } catch {
    throw new Refusal("offline");
  }
  if (!answer.headers.has(OURS)) throw new Refusal(answer.status >= 500 ? "server" : "portal");
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    throw new Refusal("server");
  }
  return { status: answer.status, json, date: answer.headers.get("date") };
}

let asked = null;

/**
 * Who is signed in on this phone, with the token that writes by cookie must carry; asked for once.
 * Throws Refusal `sign_in` when nobody is.
 */
export function me() {
  asked ??= ask("GET", "/api/v1/me", {}).then(({ status, json }) => {
    if (status === 200) return json;
    throw new Refusal(status === 401 ? "sign_in" : "server");
  });
  asked.catch(forgetMe);
  return asked;
}

export function forgetMe() {
  asked = null;
}

/** Ends the session of whoever is signed in; believed when the server knows nobody any more. */
export async function signOut() {
  const { form_token: token } = await me();
  const body = new URLSearchParams({ form_token: token });
  await fetch("/sign-out", { method: "POST", body, redirect: "manual" }).catch(() => {
    throw new Refusal("offline");
  });
  forgetMe();
  const left = await me().catch((error) => error);
  if (left.code === "sign_in") return;
  throw left.code ? left : new Refusal("server");
}

/**
 * Returns {status, json, date}; throws Refusal `offline`, `portal`, `server`, and `sign_in` for a
 * write when nobody is signed in, or another account than `as`. `anonymous` sends no cookie.
 */
export async function call(method, path, options = {}) {
  const { headers = {}, anonymous = false, as = null, ...rest } = options;
  const byCookie = method !== "GET" && !anonymous;
  for (const last of [false, true]) {
    const who = byCookie ? await me() : null;
    if (as && who && who.account !== as) throw new Refusal("sign_in", { other: true });
    const token = who ? { "X-Form-Token": who.form_token } : {};
    const sent = { ...rest, anonymous, headers: { ...headers, ...token } };
    const answer = await ask(method, path, sent);
    if (answer.status === 401) forgetMe();
    if (last || !byCookie || answer.json?.code !== "form.stale") return answer;
    forgetMe(); // The session is another one: somebody signed in anew.
  }
}

/** Returns the JSON of an answer of the `wanted` status; throws what else it means. */
export function expect(answer, wanted) {
  if (answer.status === wanted) return answer.json;
  if (answer.status === 401) throw new Refusal("sign_in");
  const code = answer.json?.code;
  if (answer.status === 403 && code?.startsWith("form.")) throw new Refusal("sign_in");
  if (answer.status === 429) throw new Refusal("later", { status: 429 });
  if (answer.status < 300 || answer.status >= 500 || !code) {
    throw new Refusal("server", { status: answer.status });
  }
  throw new Refusal(code, { status: answer.status, answer: answer.json });
}
