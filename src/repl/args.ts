import { type FailOn, isFailOn } from '../index.js';
import { nearest } from './errors.js';

/** What the command line asks for. */
export interface CliArgs {
  /** `check` and `advise` look at files; without a verb statements run, or the prompt opens. */
  readonly verb: Verb | undefined;
  readonly command: string | undefined;
  /** Without a verb at most one. */
  readonly files: readonly string[];
  readonly format: string;
  readonly output: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
  readonly confs: readonly (readonly [string, string])[];
  /** Of `check`. */
  readonly failOn: readonly FailOn[];
  readonly schemas: readonly string[];
  /** Of `advise`: a size, and how often the workload runs. */
  readonly budget: string | undefined;
  readonly runs: number | undefined;
  /** Of `advise`: what a run costs. */
  readonly cost: 'time' | 'bytes' | undefined;
  readonly allowWrites: boolean;
}
export type Verb = 'check' | 'advise';
export const VERBS: readonly Verb[] = ['check', 'advise'];
export type OutputFormat = 'table' | 'json' | 'ndjson' | 'csv' | 'markdown' | 'arrow';
/** The first is the default. */
const FORMATS: Readonly<Record<Verb | 'run', readonly string[]>> = {
  run: ['table', 'json', 'ndjson', 'csv', 'markdown', 'arrow'],
  check: ['text', 'json', 'sarif'],
  advise: ['text', 'json'],
};

export const USAGE = `usage: memoframe [options]            opens the SQL prompt
       memoframe [options] -c SQL     runs SQL, prints, exits non-zero on error
       memoframe [options] FILE.sql   runs a file; - is standard input
       memoframe check FILE.sql…      says which statement hits which cached plan and why not, and what is
                                      wrong with the caches of a job; runs nothing, needs no data
       memoframe advise FILE.sql…     runs a workload and says what to cache

options:
  --format F        table (default), json, ndjson, csv, markdown, arrow (an IPC stream); --json is --format json
  --conf KEY=VALUE  sets a configuration; may be repeated
  --version, --help
of check:
  --fail-on WHAT    exit with 1 also for: miss, warning, note, or a rule's name; may be repeated; never: not even for errors
  --schema F.sql    statements (CREATE TABLE…) that come before each job; may be repeated
  --format F        text (default), json, sarif
  --output F        writes there instead of to standard output
of advise:
  --budget SIZE     memory for caches, e.g. 512m (default: what storage may hold)
  --runs N          how often the workload runs in the life of the caches (default 10)
  --cost time|bytes what a run costs: its time (default), or the bytes it reads from files
  --allow-writes    runs statements that change data, too
  --format F        text (default), json
  --output F
`;

const TAKE_VALUES: ReadonlySet<string> = new Set(
  '--format --conf --command --fail-on --schema --output --budget --runs --cost'.split(' '),
);
const OPTIONS = [...TAKE_VALUES, '--json', '--help', '--version', '--allow-writes'];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** @returns the arguments, or a sentence that says what is wrong with them */
export function parseArgs(given: readonly string[]): CliArgs | string {
  const files: string[] = [];
  const schemas: string[] = [];
  const failOn: FailOn[] = [];
  const confs: [string, string][] = [];
  let format: string | undefined;
  const args: Mutable<CliArgs> = {
    verb: undefined,
    command: undefined,
    files,
    format: '',
    output: undefined,
    help: false,
    version: false,
    confs,
    failOn,
    schemas,
    budget: undefined,
    runs: undefined,
    cost: undefined,
    allowWrites: false,
  };
  /** Options of a verb that were given, to be refused without it. */
  const used: [string, Verb | 'both'][] = [];
  // `--format=json` is `--format json`.
  const argv = given.flatMap((a) => {
    const [, option, value] = /^(--[a-z-]+)=([\s\S]*)$/.exec(a) ?? [];
    return option !== undefined && TAKE_VALUES.has(option) ? [option, value as string] : [a];
  });
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i] as string;
    const next = () => argv[++i];
    if (a === '-c' || a === '--command' || a === '-e') {
      args.command = next();
      if (args.command === undefined) return `${a} needs SQL`;
    } else if (a === '-f' && !Object.values(FORMATS).some((f) => f.includes(argv[i + 1] ?? ''))) {
      // As spark-sql and psql take it.
      const file = next();
      if (file === undefined) return '-f needs a file';
      files.push(file);
    } else if (a === '--format' || a === '-f') {
      format = next();
      if (format === undefined) return `--format needs one of ${FORMATS.run.join(', ')}`;
    } else if (a === '--conf') {
      const [key, ...value] = (next() ?? '').split('=');
      if (!key || value.length === 0) return '--conf needs KEY=VALUE';
      confs.push([key, value.join('=')]);
    } else if (a === '--fail-on') {
      used.push([a, 'check']);
      const names = (next() ?? '').split(',');
      const wrong = names.find((g) => !isFailOn(g));
      if (wrong !== undefined)
        return `--fail-on knows: miss, error, warning, note, never, and the names of rules; not ${wrong || 'nothing'}`;
      failOn.push(...(names as FailOn[]));
    } else if (
      a === '--schema' ||
      a === '--output' ||
      a === '-o' ||
      a === '--budget' ||
      a === '--runs' ||
      a === '--cost'
    ) {
      const value = next();
      if (value === undefined) return `${a} needs a value`;
      if (a === '--schema') {
        schemas.push(value);
        used.push([a, 'check']);
      } else if (a === '--budget') {
        if (!/^\d+(\.\d+)?\s*[kmgt]?i?b?$/i.test(value))
          return `--budget needs a size such as 512m or 2g, not ${value}`;
        args.budget = value;
        used.push([a, 'advise']);
      } else if (a === '--cost') {
        if (value !== 'time' && value !== 'bytes') return `--cost knows time and bytes, not ${value}`;
        args.cost = value;
        used.push([a, 'advise']);
      } else if (a === '--runs') {
        args.runs = Number(value);
        if (!Number.isInteger(args.runs) || args.runs < 1) return `--runs needs a number from 1, not ${value}`;
        used.push([a, 'advise']);
      } else {
        args.output = value;
        used.push([a, 'both']);
      }
    } else if (a === '--allow-writes') {
      args.allowWrites = true;
      used.push([a, 'advise']);
    } else if (a === '--help' || a === '-h') args.help = true;
    else if (a === '--version' || a === '-v') args.version = true;
    else if (a === '--json') format = 'json';
    else if (a.startsWith('-') && a !== '-') {
      const [meant] = nearest(a.replace(/=.*$/, ''), OPTIONS);
      return `unknown option ${a}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
    } else if ((a === 'check' || a === 'advise') && args.verb === undefined && files.length === 0) args.verb = a;
    else if ((a === 'serve' || a === 'ui') && args.verb === undefined && files.length === 0)
      return `memoframe ${a} is not built yet`;
    else files.push(a);
  }
  if (args.help || args.version) return args;
  const { verb } = args;
  if (verb && files.length === 0) return `${verb} needs a file`;
  if (verb && args.command !== undefined) return `${verb} takes files, not -c`;
  if (!verb && args.command !== undefined && files.length > 0) return `either -c SQL or a file, not both: ${files[0]}`;
  if (!verb && files.length > 1) {
    const [meant] = nearest(files[0] as string, VERBS);
    return `unexpected argument ${files[1]}${meant === undefined ? '' : `. Did you mean memoframe ${meant}?`}`;
  }
  for (const [option, of] of used)
    if (of === 'both' ? !verb : of !== verb) return `${option} belongs to ${of === 'both' ? 'check and advise' : of}`;
  const formats = FORMATS[verb ?? 'run'];
  if (format !== undefined && !formats.includes(format)) return `--format needs one of ${formats.join(', ')}`;
  args.format = format ?? (formats[0] as string);
  return args;
}
