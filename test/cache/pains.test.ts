import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as memoframe from '../../src/index.js';

const page = readFileSync('docs/answers.md', 'utf8');
const [intro = '', ...sections] = page.split(/^## /m);
const fences = (text: string): string[] => [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((m) => m[1] as string);
const [prelude = ''] = fences(intro);

const modules: Record<string, () => Promise<unknown>> = {
  memoframe: async () => memoframe,
  'node:fs': () => import('node:fs'),
  'node:os': () => import('node:os'),
  'node:path': () => import('node:path'),
};

/** What a snippet prints, after the page's prelude. */
async function run(snippet: string): Promise<string[]> {
  const printed: string[] = [];
  const own = { log: (...values: unknown[]) => void printed.push(values.map(String).join(' ')) };
  const source = `${prelude}\ntry {\n${snippet}\n} finally {\n  await spark.stop();\n  cleanUp(path);\n}`.replaceAll(
    /^import \{([^}]+)\} from '([^']+)';$/gm,
    "const {$1} = await load('$2');",
  );
  const { code } = await transform(`export async function main(load, console, cleanUp) {\n${source}\n}`, {
    loader: 'ts',
    target: 'node20',
    format: 'esm',
  });
  const body = code.replace(/^export \{[\s\S]*$/m, '').replace(/^export /m, '');
  const main = new Function(`${body}\nreturn main;`)() as (...args: unknown[]) => Promise<void>;
  await main(
    (name: string) => modules[name]?.(),
    own,
    (path: string) => rmSync(dirname(path), { recursive: true, force: true }),
  );
  return printed;
}

describe('docs/answers.md', () => {
  it('answers the thirty questions by number', () => {
    expect(sections.map((s) => Number(/^(\d+)\. /.exec(s)?.[1]))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  for (const section of sections) {
    const [title = ''] = section.split('\n');
    for (const snippet of fences(section))
      it(`${title}`, async () => {
        const wanted = [...snippet.matchAll(/\/\/ → (.*)$/gm)].map((m) => m[1]);
        expect(wanted).not.toEqual([]);
        expect(await run(snippet)).toEqual(wanted);
      });
  }
});
