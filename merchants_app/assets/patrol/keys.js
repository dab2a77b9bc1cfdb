// Keys and their wrappings, in JOSE's forms so that the server opens them with any library.
//
// Content: AES-256-GCM; sealed bytes are iv (12) ‖ ciphertext ‖ tag (16). The content key is
// wrapped twice: under the PIN (PBES2, 600 000 rounds), and that once more under a key which never
// leaves this browser, so that a copy of the disk alone cannot be guessed at; and under the
// server's key.

import { CompactEncrypt, CompactSign, compactDecrypt, exportJWK, importJWK } from "jose";

const ROUNDS = 600_000;
const GCM = { name: "AES-GCM", length: 256 };
const IV_BYTES = 12;
const utf8 = new TextEncoder();

export const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const pair = (byte) => byte.toString(16).padStart(2, "0");
export const hex = (bytes) => Array.from(bytes, pair).join("");
export const sha256 = async (bytes) =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

/** Turns 32 raw bytes into a key that can be used but not read, and wipes the bytes. */
export async function contentKey(raw) {
  const key = await crypto.subtle.importKey("raw", raw, GCM, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  return key;
}

export const browserKey = () => crypto.subtle.generateKey(GCM, false, ["encrypt", "decrypt"]);

/** An ES256 pair: the private key is not extractable, the public one a JWK. */
export async function signingPair() {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  const made = await crypto.subtle.generateKey(kind, false, ["sign", "verify"]);
  return { signing: made.privateKey, signingPublic: await exportJWK(made.publicKey) };
}

/** Seals bytes; `label` is the additional data, without which they do not open. */
export async function sealBytes(key, label, bytes) {
  const iv = random(IV_BYTES);
  const how = { name: "AES-GCM", iv, additionalData: utf8.encode(label) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, bytes));
  const whole = new Uint8Array(IV_BYTES + sealed.length);
  whole.set(iv);
  whole.set(sealed, IV_BYTES);
  return whole;
}

export async function openBytes(key, label, sealed) {
  const iv = sealed.subarray(0, IV_BYTES);
  const how = { name: "AES-GCM", iv, additionalData: utf8.encode(label) };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.subarray(IV_BYTES)));
}

const secretOf = (pin) => utf8.encode(pin.normalize("NFKC"));

export function wrapWithPin(raw, pin) {
  return new CompactEncrypt(raw)
    .setProtectedHeader({ alg: "PBES2-HS512+A256KW", enc: "A256GCM" })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(secretOf(pin));
}

/** Returns the raw content key, or null for a wrong PIN. */
export async function unwrapWithPin(wrapped, pin) {
  const allowed = {
    keyManagementAlgorithms: ["PBES2-HS512+A256KW"],
    contentEncryptionAlgorithms: ["A256GCM"],
    maxPBES2Count: ROUNDS,
  };
  try {
    return (await compactDecrypt(wrapped, secretOf(pin), allowed)).plaintext;
  } catch {
    return null;
  }
}

export async function wrapForServer(raw, { kid, jwk }) {
  const key = await importJWK(jwk, "ECDH-ES+A256KW");
  return new CompactEncrypt(raw)
    .setProtectedHeader({ alg: "ECDH-ES+A256KW", enc: "A256GCM", kid })
    .encrypt(key);
}

/** A compact JWS of `claims`, signed by the device. */
export function sign(signing, device, claims) {
  return new CompactSign(utf8.encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "ES256", kid: device })
    .sign(signing);
}
