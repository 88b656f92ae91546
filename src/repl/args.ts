/** What the command line asks for. */
export interface CliArgs {
  readonly command: string | undefined;
  readonly file: string | undefined;
  readonly check: string | undefined;
  readonly failOnMiss: boolean;
  readonly format: OutputFormat;
  readonly help: boolean;
  readonly version: boolean;
  readonly confs: readonly (readonly [string, string])[];
}
export type OutputFormat = 'table' | 'json' | 'ndjson' | 'csv' | 'markdown' | 'arrow';
const FORMATS: readonly string[] = ['table', 'json', 'ndjson', 'csv', 'markdown', 'arrow'];

export const USAGE = `usage: memoframe [options]            opens the SQL prompt
       memoframe [options] -c SQL     runs SQL, prints, exits non-zero on error
       memoframe [options] FILE.sql   runs a file
       memoframe check FILE.sql       says which statement hits which cached plan, and why not [--fail-on miss]

options:
  --format F        table (default), json, ndjson, csv, markdown, arrow (an IPC stream)
  --conf KEY=VALUE  sets a configuration; may be repeated
  --version, --help
`;

/** @returns the arguments, or a sentence that says what is wrong with them */
export function parseArgs(argv: readonly string[]): CliArgs | string {
  let command: string | undefined;
  let file: string | undefined;
  let check: string | undefined;
  let failOnMiss = false;
  let format: OutputFormat = 'table';
  let help = false;
  let version = false;
  const confs: [string, string][] = [];
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i] as string;
    const next = () => argv[++i];
    if (a === '-c' || a === '--command') {
      command = next();
      if (command === undefined) return '-c needs SQL';
    } else if (a === '--format' || a === '-f') {
      const f = next();
      if (f === undefined || !FORMATS.includes(f)) return `--format needs one of ${FORMATS.join(', ')}`;
      format = f as OutputFormat;
    } else if (a === '--conf') {
      const [key, ...value] = (next() ?? '').split('=');
      if (!key || value.length === 0) return '--conf needs KEY=VALUE';
      confs.push([key, value.join('=')]);
    } else if (a === '--fail-on') {
      if (next() !== 'miss') return '--fail-on knows: miss';
      failOnMiss = true;
    } else if (a === '--help' || a === '-h') help = true;
    else if (a === '--version' || a === '-v') version = true;
    else if (a.startsWith('-')) return `unknown option ${a}`;
    else if (a === 'check' && check === undefined && file === undefined) {
      check = next();
      if (check === undefined) return 'check needs a file';
    } else if (a === 'serve' || a === 'ui') return `memoframe ${a} is not built yet`;
    else if (file === undefined) file = a;
    else return `unexpected argument ${a}`;
  }
  return { command, file, check, failOnMiss, format, help, version, confs };
}
