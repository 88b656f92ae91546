import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { isCompleteStatement, type SparkSession, splitStatements } from '../index.js';
import { CacheNote } from './cache-note.js';
import { completer } from './completer.js';
import { DOT_COMMANDS } from './dot-commands.js';
import { describeError, nearest } from './errors.js';
import { runStatement } from './run-sql.js';

/** Statements that come through a pipe are not asked for. */
const ASKS = process.stdin.isTTY === true;
const PROMPT = ASKS ? 'memoframe> ' : '';
const CONTINUATION = ASKS ? '       ... ' : '';
const HISTORY = join(homedir(), '.memoframe_history');
const HISTORY_SIZE = 1000;
/** What people type who come from other prompts. */
const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '.exit': ['exit', 'quit', 'exit()', 'quit()', '!exit', '!quit', '\\q', ':q', ':q!', ':wq', ':quit', ':exit', 'bye'],
    '.help': ['help', 'help()', '!help', ':help', '\\?', '\\h', '?'],
    '.tables': ['\\d', '\\dt'],
  }).flatMap(([command, words]) => words.map((word) => [word, command])),
);
/** A query that runs longer than this shows that it is alive. */
const PROGRESS_AFTER_MS = 1000;

/** The prompt: reads statements, runs them, prints tables, and goes on after every error. */
export class Repl {
  maxRows = 40;
  #buffer = '';
  #running: AbortController | undefined;
  #closed = false;
  /** Lines that have come and wait. */
  #waiting = 0;
  /** Lines are handled one after another, also when they are pasted at once. */
  #queue: Promise<void> = Promise.resolve();
  readonly #lines: Interface;

  constructor(readonly spark: SparkSession) {
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdin.isTTY === true,
      completer: completer(spark),
      history: loadHistory(),
      historySize: HISTORY_SIZE,
      removeHistoryDuplicates: true,
    });
  }

  print(text: string): void {
    process.stdout.write(text);
  }

  /** Settles when the user ends the session. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#lines.setPrompt(PROMPT);
      this.#lines.on('line', (line) => {
        this.#waiting++;
        this.#queue = this.#queue.then(() => {
          this.#waiting--;
          return this.line(line);
        });
      });
      this.#lines.on('SIGINT', () => this.interrupt());
      this.#lines.on('close', () => {
        if (process.stdin.isTTY) this.leave();
        // What was pasted before the end of the input still runs.
        this.#queue = this.#queue.then(() => this.finish()).then(resolve);
      });
      this.#lines.prompt();
    });
  }

  close(): void {
    this.#closed = true;
    this.#lines.close();
  }

  /** Ctrl-D: cancels the query, and leaves without what was not ended. */
  private leave(): void {
    if (this.#closed) return;
    this.print('\n');
    this.#buffer = '';
    if (!this.#running) return;
    this.#closed = true;
    this.#running.abort();
  }

  private async finish(): Promise<void> {
    if (this.#buffer.trim() !== '') await this.runText(this.#buffer);
  }

  /** Ctrl-C: cancels the query, or clears the line, or says how to leave. */
  private interrupt(): void {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    if (this.#buffer === '' && this.#lines.line === '') this.print('\n(Ctrl-D or .exit ends)\n');
    else this.print('\n');
    this.#buffer = '';
    this.#lines.setPrompt(PROMPT);
    // Clears what stands on the line.
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#lines.prompt();
  }

  private async line(line: string): Promise<void> {
    if (this.#closed) return;
    if (line.trim() !== '') saveHistory(line);
    const word = WORDS.get(line.trim().replace(/\s*;$/, '').toLowerCase());
    if (this.#buffer === '' && word !== undefined) await this.dotCommand(word);
    else if (this.#buffer === '' && line.trim().startsWith('.')) await this.dotCommand(line.trim());
    else {
      this.#buffer += this.#buffer === '' ? line : `\n${line}`;
      const text = this.#buffer;
      // An empty line within a text that was pasted is part of it.
      const empty = line.trim() === '' && !(process.stdin.isTTY && this.#waiting > 0);
      const ended = empty || isCompleteStatement(text);
      if (text.trim() === '') this.#buffer = '';
      else if (ended) {
        this.#buffer = '';
        await this.runText(text);
      }
    }
    if (this.#closed) return;
    this.#lines.setPrompt(this.#buffer === '' ? PROMPT : CONTINUATION);
    this.#lines.prompt();
  }

  private async dotCommand(line: string): Promise<void> {
    const [, name = '', argument = ''] = /^(\.\w*)\s*([\s\S]*)$/.exec(line) ?? [];
    const command = DOT_COMMANDS[name];
    if (!command) {
      const close = nearest(name, Object.keys(DOT_COMMANDS));
      this.print(
        `There is no command ${name}.${close.length ? ` Did you mean ${close.join(', ')}?` : ' .help lists them.'}\n`,
      );
      return;
    }
    try {
      await command.run(this, argument.replace(/;\s*$/, ''));
    } catch (error) {
      this.print(`${describeError(error, argument, this.spark)}\n`);
    }
  }

  /** Runs statements one after another. @returns false after a failure, which was shown */
  async runText(text: string): Promise<boolean> {
    let current = text;
    try {
      for (const s of splitStatements(text)) {
        current = s.text;
        await this.statement(s.text);
      }
      return true;
    } catch (error) {
      this.print(`${describeError(error, current, this.spark)}\n`);
      return false;
    }
  }

  private async statement(sql: string): Promise<void> {
    const note = new CacheNote(this.spark);
    const started = performance.now();
    this.#running = new AbortController();
    const progress = this.startProgress(started);
    try {
      const outcome = await runStatement(this.spark, sql, {
        format: 'table',
        maxRows: this.maxRows,
        maxWidth: process.stdout.columns,
        signal: this.#running.signal,
      });
      progress.stop();
      this.print(outcome.text);
      const rows = outcome.isQuery
        ? `${outcome.rows}${outcome.more ? '+' : ''} ${outcome.rows === 1 && !outcome.more ? 'row' : 'rows'}`
        : 'done';
      this.print(`${rows} in ${((performance.now() - started) / 1000).toFixed(3)} s · ${note.finish(sql)}\n`);
      if (outcome.more) this.print(`(more rows: .rows N shows N of them)\n`);
      for (const w of note.warnings) this.print(`warning: ${w}\n`);
    } finally {
      progress.stop();
      note.end();
      this.#running = undefined;
    }
  }

  private startProgress(started: number): { stop: () => void } {
    if (!process.stderr.isTTY) return { stop: () => undefined };
    let shown = false;
    const timer = setInterval(() => {
      const elapsed = performance.now() - started;
      if (elapsed < PROGRESS_AFTER_MS) return;
      shown = true;
      process.stderr.write(`\r\x1b[2Krunning for ${(elapsed / 1000).toFixed(0)} s (Ctrl-C cancels)`);
    }, 250);
    return {
      stop: () => {
        clearInterval(timer);
        if (shown) process.stderr.write('\r\x1b[2K');
        shown = false;
      },
    };
  }
}

function loadHistory(): string[] {
  if (!existsSync(HISTORY)) return [];
  return readFileSync(HISTORY, 'utf8').split('\n').filter(Boolean).slice(-HISTORY_SIZE).reverse();
}

function saveHistory(line: string): void {
  try {
    appendFileSync(HISTORY, `${line}\n`, { mode: 0o600 });
  } catch {
    // A home folder that cannot be written costs the history, not the session.
  }
}
