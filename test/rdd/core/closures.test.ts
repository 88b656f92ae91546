import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moduleFunction, type SparkContext, SparkSession } from '../../../src/index.js';
import { readFunctionText } from '../../../src/rdd/closure/free-names.js';

const free = (source: string) => readFunctionText(source)?.free;

describe('names that a function takes from outside', () => {
  it.each([
    ['(x) => x * factor', ['factor']],
    ['function f(x) { return f(x - 1) + y }', ['y']],
    ['({ a, b: { c = d } }, [e, ...g]) => a + c + e + g + h', ['d', 'h']],
    ['(x) => { const { p, [q]: r } = x; let s = 1; { let t = s; } return p + r + t }', ['q', 't']],
    ['(x) => { for (const i of x) if (i) { var hoisted = i } return hoisted }', []],
    ['(x) => { try { a() } catch (e) { b(e) } finally { c } }', ['a', 'b', 'c']],
    ['(x) => { later(); function later() { return inner } }', ['inner']],
    ['(x) => x.name.other?.[key]', ['key']],
    ['(x) => ({ name: 1, short, [computed]: x, method() { return self } })', ['short', 'computed', 'self']],
    ['(x) => { class A extends Base { #p = 1; static s = q; m() { return A } } return new A() }', ['Base', 'q']],
    ['(x) => { outer: for (;;) { break outer } }', []],
    ['(x) => typeof maybe === "undefined"', []],
    ['async (x) => { for await (const y of x) await use(y) }', ['use']],
    ['function* (x) { yield* more(x); yield arguments.length }', ['more']],
    ['(x) => arguments[0]', ['arguments']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a function
    ['(x, y = z) => `${x} ${w}`', ['z', 'w']],
    ['(x) => { switch (x) { case one: let k = 1; return k } return k }', ['one', 'k']],
    ['(x) => x++ + (n = 1)', ['n']],
    ['method(x) { return x + outside }', ['outside']],
    ['async method(x) { return await outside }', ['outside']],
    ['(x) => import("node:fs")', []],
  ])('%s', (source, names) => {
    expect(free(source)).toEqual(names);
  });
  it('knows no-functions and import.meta', () => {
    expect(readFunctionText('class A {')).toBeUndefined();
    expect(readFunctionText('() => import.meta.url')?.importMeta ?? true).toBe(true);
    expect(readFunctionText('() => import("x")')?.expression).toBe('(() => __import("x"))');
  });
});

describe('shipped functions', () => {
  let spark: SparkSession;
  let sc: SparkContext;
  let folder: string;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[1]').create();
    sc = spark.sparkContext;
    folder = mkdtempSync(join(tmpdir(), 'memoframe-closures-'));
  });
  afterAll(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('say at once what they capture', () => {
    const factor = 3;
    const offset = 1;
    const attempt = () => sc.range(3).map((x) => x * factor + offset);
    expect(attempt).toThrow(
      /Task not serializable: the function captures `factor`, `offset`.*vars: \{ factor, offset \}/s,
    );
    expect(attempt).toThrow(/Function: \(x\) ?=> ?x \* factor \+ offset/);
    expect(() => sc.range(3).map(moduleFunction as never)).toThrow('Task not serializable');
    expect(() => sc.range(3).map(((x: number) => x).bind(null))).toThrow(/built in or bound/);
    expect(() => sc.range(3).map(5 as never)).toThrow(/no function/);
    expect(() => sc.range(3).map((x) => x + factor, { vars: { factor: Symbol('s') } })).toThrow(
      /Task not serializable: a value in vars cannot be copied/,
    );
    // Actions too, before any job.
    expect(sc.range(3).reduce((a, b) => a + b * factor)).rejects.toThrow(/captures `factor`/);
  });
  it('use what vars give, as it was when they were made', async () => {
    const factor = 3;
    const table = { a: [1, 2, { deep: new Map([['k', 5n]]) }] };
    const twice = (x: number) => x * 2;
    const vars = { factor, table, twice };
    const rdd = sc
      .range(3)
      .map((x) => [twice(x) * factor, String((table.a[2] as { deep: Map<string, bigint> }).deep.get('k'))], {
        vars,
      });
    (table.a as unknown[])[2] = undefined;
    expect(await rdd.collect()).toEqual([
      [0, '5'],
      [6, '5'],
      [12, '5'],
    ]);
    // Functions among the vars use the others.
    const scaled = (x: number) => twice(x) + factor;
    expect(
      await sc
        .range(2)
        .map((x) => scaled(x), { vars: { scaled, twice, factor } })
        .collect(),
    ).toEqual([3, 5]);
  });
  it('may be built in, methods, generators, and use Node', async () => {
    expect(await sc.range(3).map(String).collect()).toEqual(['0', '1', '2']);
    const methods = {
      double(x: number) {
        return x * 2;
      },
    };
    expect(await sc.range(3).map(methods.double).collect()).toEqual([0, 2, 4]);
    expect(
      await sc
        .range(2)
        .map(() => Buffer.from('x').toString('hex'))
        .collect(),
    ).toEqual(['78', '78']);
    expect(
      await sc
        .range(1)
        .map(() => require('node:path').sep)
        .collect(),
    ).toEqual(['/']);
    const found = await sc
      .range(1)
      .map(async () => (await import('node:path')).basename('/a/b'))
      .collect();
    expect(found).toEqual(['b']);
  });
  it('may come from a module, whose state lives with the worker', async () => {
    const file = join(folder, 'counting.mjs');
    writeFileSync(
      file,
      'let calls = 0;\nexport function count(x) { calls++; return [x, calls]; }\nexport default (x) => -x;\n',
    );
    const count = moduleFunction(file, 'count');
    expect(await sc.range(2).map(count).collect()).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(await sc.range(1).map(count).collect()).toEqual([[0, 3]]);
    expect(await sc.range(3).map(moduleFunction(file)).collect()).toEqual([-0, -1, -2]);
    await expect(sc.range(1).map(moduleFunction(file, 'none')).collect()).rejects.toThrow(/exports no function none/);
    await expect(
      sc
        .range(1)
        .map(moduleFunction(join(folder, 'no.mjs')))
        .collect(),
    ).rejects.toThrow(/no\.mjs/);
    // A worker that could not load a module goes on.
    expect(await sc.range(2).count()).toBe(2);
  });
  it('know their task', async () => {
    const rdd = sc.parallelize([1, 2, 3], 3);
    const seen = await rdd
      .map((_, task) => [task.partitionId(), task.attemptNumber(), TaskContextName(task), task.workerId()], {
        vars: { TaskContextName: (task: object) => task.constructor.name.length > 0 },
      })
      .collect();
    expect(seen).toEqual([0, 1, 2].map((p) => [p, 0, true, seen[0]?.[3]]));
    const same = await rdd.mapPartitions((it, task) => [[...it].length > 0 && TaskContext.get() === task]).collect();
    expect(same).toEqual([true, true, true]);
  });
  it('fail with the text of the function and the cause', async () => {
    const failing = sc.range(1).map((x) => {
      if (x === 0) throw new RangeError('out of it', { cause: new Error('deeper') });
      return x;
    });
    const error = await failing.collect().then(
      () => undefined,
      (e: unknown) => e as Error & { cause: Error & { cause: Error } },
    );
    expect(error?.message).toMatch(
      /^\[org\.apache\.spark\.SparkException\] Job aborted due to stage failure: Task 0 in stage \d+\.0 failed 1 times, most recent failure: Lost task 0\.0 in stage \d+\.0 \(TID \d+\) \(executor driver\): RangeError: out of it\nin the function: \(x\) =>/,
    );
    expect(error?.message).toContain('Caused by: Error: deeper');
    expect(error?.message).not.toContain('rdd-worker');
    expect(error?.cause).toBeInstanceOf(RangeError);
    expect(error?.cause.cause.message).toBe('deeper');
  });
});
declare const TaskContextName: (task: object) => boolean;
declare const TaskContext: { get(): unknown };
