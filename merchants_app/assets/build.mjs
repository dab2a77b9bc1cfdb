// Builds what the browser is served. Sources lie beside this file, results go to
// merchants_app/static/ (ignored by git) with a content hash in each name, so that
// a browser may keep them for ever; manifest.json says which name is current.
//
// Entries are the files directly in this folder: *.scss and *.js become one bundle
// each, pictures are copied. A name that starts with "_", and everything in a
// sub-folder, is a part that only entries import.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, parse, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const root = resolve(assets, "../..");
const modules = join(root, "node_modules");
const target = resolve(assets, "../static");
const pictures = new Set([".svg", ".png", ".ico", ".webp"]);

// Files of libraries that are served as they are.
const copied = {
  "htmx.js": join(modules, "htmx.org/dist/htmx.min.js"),
  "zxing_reader.wasm": join(modules, "zxing-wasm/dist/reader/zxing_reader.wasm"),
};

async function style(path) {
  const result = await sass.compileAsync(path, {
    loadPaths: [modules],
    quietDeps: true,
    style: "compressed",
  });
  return Buffer.from(result.css);
}

async function script(path) {
  const result = await esbuild.build({
    bundle: true,
    entryPoints: [path],
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    minify: true,
    nodePaths: [modules],
    target: ["es2020"],
    write: false,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function collect() {
  const built = new Map();
  for (const entry of await readdir(assets, { withFileTypes: true })) {
    const { name, ext } = parse(entry.name);
    const path = join(assets, entry.name);
    if (!entry.isFile() || name.startsWith("_")) continue;
    if (ext === ".scss") built.set(`${name}.css`, await style(path));
    else if (ext === ".js") built.set(`${name}.js`, await script(path));
    else if (pictures.has(ext)) built.set(entry.name, await readFile(path));
  }
  for (const [name, path] of Object.entries(copied)) built.set(name, await readFile(path));
  return built;
}

function hashed(name, bytes) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const extension = extname(name);
  return `${name.slice(0, -extension.length)}.${digest}${extension}`;
}

// The manifest changes in one step and old files go last: a server that reads the
// folder during a build never finds a name without its file.
async function replace(built) {
  await mkdir(target, { recursive: true });
  const manifest = {};
  for (const [name, bytes] of [...built].sort(([a], [b]) => (a < b ? -1 : 1))) {
    manifest[name] = hashed(name, bytes);
    await writeFile(join(target, manifest[name]), bytes);
    const kilobytes = (size) => (size / 1024).toFixed(1).padStart(7);
    const sizes = `${kilobytes(bytes.length)} KB ${kilobytes(gzipSync(bytes).length)} KB gz`;
    process.stdout.write(`${name.padEnd(16)}${sizes}\n`);
  }
  const draft = join(target, "manifest.json.new");
  await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(draft, join(target, "manifest.json"));
  const kept = new Set([...Object.values(manifest), "manifest.json"]);
  for (const name of await readdir(target)) {
    if (!kept.has(name)) await rm(join(target, name), { recursive: true });
  }
  process.stdout.write(`built into ${relative(root, target)}/\n`);
}

await replace(await collect());
