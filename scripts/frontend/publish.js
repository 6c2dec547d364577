// Names each built file by its content, compresses it, and writes MANIFEST.json.
// Usage: node publish.js BUILT_FOLDER FRONTEND_FOLDER OUTPUT_FOLDER
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [built, source, out] = process.argv.slice(2);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const lock = JSON.parse(readFileSync(join(source, "package-lock.json"), "utf8"));
const version = (name) => lock.packages[`node_modules/${name}`].version;

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) {
  if (/^(kit|echo|family|keys|passkey|staff|icon|uyghur)-[0-9a-f]{12}\./.test(old)) rmSync(join(out, old));
}

const names = {};
const files = {};
const write = (name, bytes) => {
  writeFileSync(join(out, name), bytes);
  files[name] = sha256(bytes);
};

// The font first: the mirrored kit names it by its hash. It is compressed already.
for (const logical of ["uyghur.woff2", "echo.js", "family.css", "icon.svg", "keys.js", "kit.css", "kit.rtl.css", "passkey.js", "staff.css"]) {
  let bytes = readFileSync(join(built, logical));
  if (logical === "kit.rtl.css") bytes = Buffer.from(bytes.toString().replace("uyghur.woff2", names["uyghur.woff2"]));
  const dot = logical.indexOf(".");
  const hashed = `${logical.slice(0, dot)}-${sha256(bytes).slice(0, 12)}${logical.slice(dot)}`;
  names[logical] = hashed;
  write(hashed, bytes);
  if (logical.endsWith(".woff2")) continue;
  write(`${hashed}.gz`, gzipSync(bytes, { level: 9 }));
  write(
    `${hashed}.br`,
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  );
}

cpSync(join(source, "LICENSES"), join(out, "LICENSES"), { recursive: true });
for (const licence of readdirSync(join(source, "LICENSES"))) {
  files[`LICENSES/${licence}`] = sha256(readFileSync(join(source, "LICENSES", licence)));
}

const manifest = {
  made_with: Object.fromEntries(["govuk-frontend", "rtlcss", "sass"].map((n) => [n, version(n)])),
  names,
  files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
};
writeFileSync(join(out, "MANIFEST.json"), `${JSON.stringify(manifest, null, 2)}\n`);
