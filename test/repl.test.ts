import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = resolve('dist/memoframe.cjs');
const SAMPLE = resolve('samples/flights.parquet');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly bytes: Buffer;
  readonly err: string;
}
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-repl-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(args: readonly string[], input = ''): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: home, env: { ...process.env, HOME: home } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (b: Buffer) => out.push(b));
    child.stderr.on('data', (b: Buffer) => err.push(b));
    child.on('error', fail);
    child.on('close', (code) => {
      const bytes = Buffer.concat(out);
      done({ code, bytes, out: bytes.toString(), err: Buffer.concat(err).toString() });
    });
    child.stdin.end(input);
  });
}
const sql = (text: string, ...args: string[]) => run([...args, '-c', text]);

describe('memoframe -c', () => {
  it.each([
    ['table', 'a  b\n─  ────\n1  NULL\n'],
    ['json', '[\n  {"a":1,"b":null}\n]\n'],
    ['ndjson', '{"a":1,"b":null}\n'],
    ['csv', 'a,b\n1,\n'],
    ['markdown', '| a | b |\n| ---: | --- |\n| 1 | NULL |\n'],
  ])('prints %s', async (format, expected) => {
    expect(await sql('select 1 a, cast(null as string) b', '--format', format)).toMatchObject({
      code: 0,
      out: expected,
      err: '',
    });
  });

  it('takes --json, and values after an equals sign', async () => {
    const expected = { code: 0, out: '[\n  {"a":1}\n]\n' };
    expect(await sql('select 1 a', '--json')).toMatchObject(expected);
    expect(await sql('select 1 a', '--format=json')).toMatchObject(expected);
    expect(await run(['--command=select 1 = 1 as a', '--format=csv'])).toMatchObject({ code: 0, out: 'a\ntrue\n' });
  });

  it('prints an Arrow stream', async () => {
    const { code, bytes } = await sql('select id from range(3)', '--format', 'arrow');
    expect(code).toBe(0);
    expect([...(tableFromIPC(bytes).getChild('id') as Iterable<bigint>)]).toEqual([0n, 1n, 2n]);
  });

  it.each([
    [['--format', 'yaml', '-c', 'select 1'], '--format needs one of table'],
    [['missing.sql'], 'there is no file missing.sql\n'],
    [['-f', 'missing.sql'], 'there is no file missing.sql\n'],
    [['.'], '. is a folder, not a file of SQL'],
    [['select 1'], '(SQL itself is given with -c)'],
    [['chekc', 'a.sql'], 'Did you mean memoframe check?'],
    [['-c', 'select 1', 'a.sql'], 'not both: a.sql'],
    [['--formt', 'json', '-c', 'select 1'], 'unknown option --formt. Did you mean --format?'],
    [['--format=yaml', '-c', 'select 1'], '--format needs one of table'],
  ])('refuses wrong arguments with 2: %j', async (args, sentence) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    expect(err.split('\n').length).toBeLessThan(4);
  });

  it('runs a file', async () => {
    const file = join(home, 'job.sql');
    writeFileSync(file, '-- two statements\nselect 1 as a;\nselect 2 as b;\n');
    expect(await run([file])).toMatchObject({ code: 0, out: 'a\n─\n1\nb\n─\n2\n' });
    expect(await run(['-f', file])).toMatchObject({ code: 0, out: 'a\n─\n1\nb\n─\n2\n' });
    expect(await run(['-'], 'select 1 as a')).toMatchObject({ code: 0, out: 'a\n─\n1\n' });
  });
});

describe('bad input', () => {
  /** Condition, text underlined, suggestion. */
  const cases: readonly (readonly [string, string, string, string?])[] = [
    ['select * from parquet.`nope.parquet`', 'PATH_NOT_FOUND', 'nope.parquet'],
    ['select * from parquet.`text.parquet`', 'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER', 'text.parquet', 'PAR1'],
    ['select * from parquet.`cut.parquet`', 'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER', 'cut.parquet', 'PAR1'],
    ['select dealy from flights', 'UNRESOLVED_COLUMN.WITH_SUGGESTION', 'dealy', 'delay'],
    ['select flor(1.5)', 'UNRESOLVED_ROUTINE', 'flor(1.5)', 'Did you mean floor'],
    ['select * from fligths', 'TABLE_OR_VIEW_NOT_FOUND', 'fligths', 'Did you mean flights?'],
    ['selec 1', 'PARSE_SYNTAX_ERROR', 'selec', 'Did you mean SELECT?'],
    ['select 1 +', 'PARSE_SYNTAX_ERROR', '^'],
    ['set memoframe.cache.mach=subsume', 'SQL_CONF_NOT_FOUND', '', 'Did you mean memoframe.cache.match?'],
    ["select * from 'text.parquet'", 'PARSE_SYNTAX_ERROR', "'text.parquet'", 'parquet.`text.parquet` reads it'],
    ['select * from cut.parquet', 'TABLE_OR_VIEW_NOT_FOUND', 'cut.parquet', 'parquet.`cut.parquet` reads it'],
  ];
  beforeAll(() => {
    writeFileSync(join(home, 'text.parquet'), 'a,b\n1,2\n');
    writeFileSync(join(home, 'cut.parquet'), readFileSync(SAMPLE).subarray(0, 10_000));
  });

  it('is told, underlined, with a suggestion, and the session goes on', async () => {
    const { code, out } = await run([], cases.map(([text], i) => `${text};\nselect ${i} as still_here;\n`).join(''));
    expect(code).toBe(0);
    for (const [i, [text, condition, fragment, suggestion]] of cases.entries()) {
      expect(out).toContain(`[${condition}]`);
      const column = fragment === '^' ? text.length : text.indexOf(fragment);
      const marks = fragment === '^' ? '^' : '^'.repeat(fragment.length);
      if (fragment !== '') expect(out).toContain(`  ${text}\n  ${' '.repeat(column)}${marks}\n`);
      if (suggestion !== undefined) expect(out).toContain(suggestion);
      expect(out).toMatch(new RegExp(`still_here\\n─+\\n +${i}\\n`));
    }
    expect(out).not.toMatch(/\n {4}at /);
  }, 60_000);

  it('is told with what lies behind it, and warnings stand beside the rows', async () => {
    writeFileSync(join(home, 'bad.json'), '{"a":1}\nnot json\n');
    const view = "create temporary view bad using json options (path 'bad.json', mode 'FAILFAST')";
    const failed = await sql(view);
    expect(failed.err).toContain('[FAILED_READ_FILE.NO_HINT]');
    expect(failed.err).toContain('  because: [MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION]');
    const twice = await sql('cache table a as select 1; cache table b as select 1; select 2 as x');
    expect(twice).toMatchObject({ code: 0, out: 'x\n─\n2\n', err: 'warning: Asked to cache already cached data.\n' });
  });

  it('says what a table of an earlier run has left', async () => {
    expect((await sql('create table again as select 1 as a')).code).toBe(0);
    const { code, err } = await sql('create table again as select 1 as a');
    expect(code).toBe(1);
    expect(err).toContain('[LOCATION_ALREADY_EXISTS]');
    expect(err).toContain('Remove the folder to make the table anew');
  });

  it('says which output could not be written, and why', async () => {
    writeFileSync(join(home, 'taken'), 'a file');
    const { code, err } = await sql(
      `create table below using parquet location '${join(home, 'taken/below')}' as select 1 as a`,
    );
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error \[TASK_WRITE_FAILED\] .* file:\S*\/taken\/below\. SQLSTATE: 58030\n {2}because: ENOTDIR/,
    );
  });

  it('is underlined where wide characters and tabs stand before it, and control characters are shown', async () => {
    const { err } = await sql("select '日本',\tnope");
    expect(err).toContain("  select '日本',\tnope\n                \t^^^^\n");
    const long = await sql(`select ${'1, '.repeat(3000)}nope${', 1'.repeat(3000)}`);
    const [, line = '', marks = ''] = long.err.split('\n');
    expect(line.length).toBeLessThan(260);
    expect(marks.trim()).toBe('^^^^');
    expect(line.slice(marks.indexOf('^'), marks.length)).toBe('nope');
    expect((await sql(`select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`)).err).toMatch(
      /nested too deep|TOO_COMPLEX/,
    );
    const control = await sql("select '\u001b[31m' as x, nope");
    expect(control.err).not.toContain('\u001b');
    expect(control.err).toContain("'\\u001b[31m'");
  });

  it('ends -c with 1', async () => {
    const { code, out, err } = await sql('select nope; select 2');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('[UNRESOLVED_COLUMN');
  });
});

describe('the prompt', () => {
  it('answers the sample query, caches, and says so', async () => {
    const query = 'SELECT origin, count(*) n, avg(delay) FROM flights\nGROUP BY origin ORDER BY n DESC LIMIT 10;\n';
    const { code, out } = await run([], `${query}CACHE TABLE flights;\n${query}.cache\n.tables\n`);
    expect(code).toBe(0);
    const notes = out.match(/10 rows in .*/g) as string[];
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/read from files$/);
    expect(notes[0]).not.toContain('from cache: ');
    expect(notes[1]).toMatch(/from cache: flights \(1 hit\), 0 bytes read from files$/);
    const answers = out
      .split('10 rows in')
      .slice(0, 2)
      .map((part) => part.slice(part.indexOf('origin')).match(/^[A-Z]{3}.*$/gm));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toHaveLength(10);
    expect(out).toMatch(/flights +\d+ of \d+ partitions/);
    expect(out).toMatch(/flights +temporary view/);
  }, 60_000);

  it('tours the famous case: a miss with its reason, then a hit', async () => {
    const { out } = await run([], '.tour\n');
    expect(out).toContain('MISS PROJECT_FILTER_ORDER');
    expect(out).toMatch(/not from cache .*[1-9][\d.]* (bytes|KiB|MiB) read from files/);
    expect(out).toMatch(/from cache: late \(1 hit\), 0 bytes read from files/);
  }, 60_000);

  it('knows its commands', async () => {
    const { out } = await run(
      [],
      '.help\n.help upper\n.help uper\n.tabels\n.explain SELECT 1\n.rows 3\nselect id from range(10);\n.exit\nselect 5 as never;\n',
    );
    expect(out).toContain('.tour');
    expect(out).toContain('upper(');
    expect(out).toContain('Did you mean upper');
    expect(out).toContain('Did you mean .tables?');
    expect(out).toContain('== Physical Plan ==');
    expect(out).toContain('3+ rows in');
    expect(out).not.toContain('never');
  });
});

describe('a beginner at the prompt', () => {
  it('sees no prompts where statements come through a pipe', async () => {
    const { out } = await run([], 'select 1\nas one;\n');
    expect(out).toMatch(/^one\n───\n {2}1\n1 row in \S+ s · 0 bytes read from files\n$/);
  });

  it('leaves by exit, gets help by help, and may forget arguments', async () => {
    const { code, out } = await run(
      [],
      'help;\n.hlep\n.schema\n.load\n.read\n.read .\n.read no.sql\n.explain\nexit\nselect 5 as never;\n',
    );
    expect(code).toBe(0);
    for (const text of [
      '.tour  ',
      'Did you mean .help?',
      'usage: .schema NAME',
      'usage: .load PATH',
      'usage: .read FILE',
    ])
      expect(out).toContain(text);
    expect(out).toContain('error: there is no file no.sql');
    expect(out).toMatch(/error: .* is a folder, not a file/);
    expect(out).toContain('usage: .explain');
    expect(out).not.toContain('never');
  });

  it.each(['.quit', 'quit;', 'quit()', '\\q', ':q', ':wq', '!quit', 'EXIT'])('leaves by %s', async (word) => {
    const { code, out } = await run([], `${word}\nselect 5 as never;\n`);
    expect(code).toBe(0);
    expect(out).not.toContain('never');
    expect(out).not.toContain('error');
  });

  it.skipIf(!existsSync('/usr/bin/script'))(
    'cancels a query by Ctrl-D and leaves',
    async () => {
      const child = spawn('script', ['-qec', `${process.execPath} ${CLI}`, '/dev/null'], {
        cwd: home,
        env: { ...process.env, HOME: home, TERM: 'xterm' },
      });
      let out = '';
      const shown = (text: string) =>
        new Promise<void>((done) => {
          const look = (b: Buffer | string) => {
            out += b;
            if (!out.includes(text)) return;
            child.stdout.off('data', look);
            done();
          };
          child.stdout.on('data', look);
          look('');
        });
      const ended = new Promise<number | null>((done) => child.on('close', done));
      await shown('memoframe> ');
      child.stdin.write('select count(*) from range(10000000) a, range(10000000) b where a.id * b.id % 7 = 3;\r');
      await shown('Ctrl-C cancels');
      child.stdin.write('\x04');
      await shown('cancelled');
      expect(await ended).toBe(0);
    },
    30_000,
  );

  it('loads files whose names need quotes, by their ending', async () => {
    writeFileSync(join(home, "my 'first' file.csv"), 'id,name\n1,Ada\n2,Bo\n');
    writeFileSync(join(home, 'rows.json'), '{"a":1}\n');
    const input = `.load "my 'first' file.csv"\nselect id + 1 as next, name from my__first__file where id = 2;\n.load rows.json r\n`;
    const { out } = await run([], input);
    expect(out).toContain('next  name\n────  ────\n   3  Bo\n');
    expect(out).toContain('view r (a)');
  });

  it('is told of a missing semicolon, and may write comments after one', async () => {
    const { out } = await run([], 'select 1\nselect 2;\nselect 41 + 1; -- the answer\n-- nothing\n');
    expect(out).toContain('  select 2\n  ^^^^^^\nIs a semicolon missing before it?');
    expect(out).toMatch(/\n +42\n/);
  });
});

describe('memoframe check', () => {
  it('says hits, misses and reasons', async () => {
    const file = join(home, 'check.sql');
    writeFileSync(
      file,
      'cache table late as select origin, delay from flights where delay > 60;\nselect origin, delay from flights where delay > 60;\nselect origin from flights where delay > 90;\nselect 1;\n',
    );
    const { code, out } = await run(['check', file]);
    expect(code).toBe(0);
    expect(out).toContain('HIT  In-memory table late');
    expect(out).toContain('1 miss');
    expect((await run(['check', file, '--fail-on', 'miss'])).code).toBe(1);
  });
});
