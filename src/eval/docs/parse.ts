import type { FunctionFamily } from '../function.js';

/** An example and what Spark answers: rows as its command line shows them, or `error CONDITION`. */
export interface FunctionExample {
  readonly sql: string;
  readonly rows: readonly string[];
}

/** What the reference says of a function besides its definition in the registry. */
export interface DocBlock {
  readonly name: string;
  /** Version of Spark that it came with. */
  readonly since: string | undefined;
  /** For names that are no registry entries: window functions, generators, syntax. */
  readonly family: FunctionFamily | undefined;
  readonly aliases: readonly string[];
  /** Signatures where the registry's does not say it all. */
  readonly usages: readonly string[];
  readonly description: string | undefined;
  /** On nulls, errors and limits. */
  readonly notes: readonly string[];
  readonly examples: readonly FunctionExample[];
}

/** Reads blocks between empty lines. The first line is a name and a version; the others begin with `@` family, `=` aliases,
 * `:` a signature, `-` what it does, `!` a note on nulls and errors, `>` an example; two spaces begin a row of its answer. */
export function parseDocs(text: string): DocBlock[] {
  return text.trim().split('\n\n').map(parseBlock);
}

function parseBlock(text: string): DocBlock {
  const [head = '', ...lines] = text.split('\n');
  const [name = '', since] = head.split(' ');
  const texts = (prefix: string) => lines.filter((l) => l.startsWith(`${prefix} `)).map((l) => l.slice(2));
  const examples: { sql: string; rows: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('> ')) examples.push({ sql: line.slice(2), rows: [] });
    else if (line.startsWith('  ')) examples.at(-1)?.rows.push(line.slice(2));
  }
  return {
    name,
    since,
    family: texts('@')[0] as FunctionFamily | undefined,
    aliases: texts('=').flatMap((l) => l.split(' ')),
    usages: texts(':'),
    description: texts('-')[0],
    notes: texts('!'),
    examples,
  };
}
