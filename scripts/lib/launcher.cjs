#!/usr/bin/env node
// CommonJS, since Node starts that faster than a module.
// Runs dist/cli.cjs with V8's compiled code kept from an earlier run: half of a short command's time is compiling.
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'cli.cjs');
// V8 compares the length of the source only: the name says which build and which engine the code is of.
const name = `@BUILD@-${process.version}-${process.arch}.code`;
const folders = [
  join(dirname(filename), 'cache'),
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'memoframe'),
];

function kept() {
  for (const folder of folders) {
    try {
      return readFileSync(join(folder, name));
    } catch {
      // Not there: the next folder, or compile.
    }
  }
  return undefined;
}

function keep(code) {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
      const temporary = join(folder, `${name}.${process.pid}`);
      writeFileSync(temporary, code);
      renameSync(temporary, join(folder, name));
      return;
    } catch {
      // Not writable: the next folder, or do without.
    }
  }
}

// The bundle is ASCII.
const source = readFileSync(filename, 'latin1');
const cachedData = kept();
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename,
  cachedData,
});
if (!cachedData || script.cachedDataRejected) process.once('exit', () => keep(script.createCachedData()));
const main = { exports: {} };
script.runInThisContext()(main.exports, createRequire(filename), main, filename, dirname(filename));
