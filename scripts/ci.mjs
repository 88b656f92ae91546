// The steps of continuous integration, one after another; a failed step does not keep the next from running, except the install.
// The last line printed is `N passed, N failed`: tests of vitest, items of the oracle's ratchet, and the other steps, one each.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './lib/files.mjs';

const STEP_TIMEOUT_MS = 20 * 60_000;
const reports = join(root, '.build/ci');
rmSync(reports, { recursive: true, force: true });
let passed = 0;
let failed = 0;
const failures = [];

/** Exit code of a step that lacks what it needs. */
const NOT_RUN = 3;

/** Runs a command with its output shown. @returns whether it ended with 0, undefined if with `skipCode` */
function run(title, command, args, env = {}, skipCode = undefined) {
  const started = Date.now();
  console.log(`\n== ${title}: ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    timeout: STEP_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (skipCode !== undefined && status === skipCode && !error) return undefined;
  const ok = status === 0 && !error;
  console.log(
    `== ${title}: ${ok ? 'ok' : `FAILED${error ? ` (${error.message})` : ''}`} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (!ok) failures.push(title);
  return ok;
}
/** A step that counts as one. */
function step(...args) {
  const ok = run(...args);
  if (ok) passed++;
  else failed++;
  return ok;
}

/** Names of failed tests with the first lines of what they said, so that the end of a long log tells what to mend. */
function failedTests({ testResults }) {
  const lines = [];
  for (const { name, message, assertionResults } of testResults) {
    const file = name.replace(`${root}/`, '');
    if (assertionResults.length === 0 && message) lines.push(`${file}: ${message.split('\n')[0]}`);
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') lines.push(`${file} > ${fullName}: ${(failureMessages[0] ?? '').split('\n')[0]}`);
  }
  return lines;
}

/** A step that counts as one where what it needs is there or can be fetched. */
function optional(title, ...args) {
  const status = run(title, 'npm', ['run', '-s', ...args], {}, NOT_RUN);
  if (status === true) passed++;
  else if (status === false) failed++;
  else console.log(`${title}: not run, and counted as neither`);
}

function end() {
  if (failures.length > 0) console.log(`\nfailed:\n${failures.map((f) => `  ${f}`).join('\n')}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function main() {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // `npm ci` refuses a sound lock file where a registry lacks the packages for other platforms: then a plain install.
  const clean = spawnSync('npm', ['ci', ...quiet], { cwd: root, stdio: ['ignore', 'inherit', 'ignore'] }).status === 0;
  if (clean) passed++;
  else if (!step('install', 'npm', ['install', ...quiet])) return end();
  mkdirSync(reports, { recursive: true });

  // `npm test` as a user types it, with a report beside it.
  const report = join(reports, 'vitest.json');
  const tested = run('tests', 'npm', [
    'test',
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const tests = readJson(report, { numPassedTests: 0, numFailedTests: 0, testResults: [] });
  failures.push(...failedTests(tests));
  passed += tests.numPassedTests;
  failed += tests.numFailedTests;
  // A file that does not load, or a crash, fails without a failed test.
  if (!tested && tests.numFailedTests === 0) failed++;

  step('lint', 'npm', ['run', '-s', 'lint']);
  step('types', 'npm', ['run', '-s', 'typecheck']);

  const list = join(root, 'test/oracle/passed.txt');
  const judged = join(reports, 'oracle.json');
  const kept = run('oracle', 'npm', ['run', '-s', 'oracle', '--', 'test/oracle', '--ratchet', list, '--json', judged]);
  const wanted = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  const have = new Set(readJson(judged, { passed: [] }).passed);
  const lost = wanted.filter((w) => !have.has(w));
  passed += wanted.length - lost.length;
  failed += lost.length;
  if (!kept && lost.length === 0) failed++;

  // Spark's golden files: what passed once must pass.
  optional('conformance', 'conformance', '--', '--ratchet', 'test/conformance/passed.txt');
  // From 22.13 on Node has SQLite built in, and look-ups are mapped.
  optional('look-ups on Node 22', 'test:node', '--', '22', 'test/rdd/values');
  step('package', process.execPath, ['scripts/ci-package.mjs']);
  return end();
}

main();
