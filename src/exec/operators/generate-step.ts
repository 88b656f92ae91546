import { unsupported } from '../../errors/index.js';
import { buildVector } from '../../storage/column/build.js';
import { ColumnReader } from '../../storage/column/read.js';
import { MORSEL_ROWS, type Morsel } from '../../storage/column/vector.js';
import { type DataType, MapValue, type Value } from '../../types/index.js';
import { gatherVector } from '../pipelines/concat.js';
import { vectorProgram } from '../pipelines/expressions.js';
import type { StepSpec } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';

type GenerateSpec = Extract<StepSpec, { op: 'generate' }>;

/** Rows that a generator makes of one row's arguments. */
type Generator = (args: readonly Value[]) => readonly (readonly Value[])[];

/** Each row becomes the rows of its generator beside the kept columns; with `outer`, no rows become one of nulls.
 * Spark: `GenerateExec`. */
export function generateStep(
  spec: GenerateSpec,
  types: readonly DataType[],
  ctx: TaskContext,
  next: (morsel: Morsel) => void,
): (morsel: Morsel) => void {
  const program = vectorProgram(spec.args, types, ctx);
  const readers = spec.args.map((a) => new ColumnReader(ctx.arena, a.type));
  const made = spec.types.slice(spec.keep.length);
  const generate = generatorOf(spec, made.length);
  const counter = ctx.counter(spec.id, 'numOutputRows');
  return (morsel) => {
    const { scratch, kernels, arena } = ctx;
    const args = program.run(morsel).map((v, i) => readers[i]!.bind(v));
    let source: number[] = [];
    let rows: (readonly Value[])[] = [];
    const mark = scratch.mark();
    const flush = () => {
      if (rows.length === 0) return;
      const n = rows.length;
      const numbers = scratch.alloc(n * 4);
      arena.u32.set(source, numbers >>> 2);
      const kept = spec.keep.map((c) => gatherVector(kernels, scratch, morsel.columns[c]!, numbers, n));
      // Bytes of strings must outlive the morsel.
      const own = made.map((type, c) =>
        buildVector(
          rows.map((r) => r[c] ?? null),
          type,
          ctx.keep,
        ),
      );
      counter.add(n);
      next({ length: n, columns: [...kept, ...own], selection: 0, selected: n });
      scratch.rewind(mark);
      source = [];
      rows = [];
    };
    for (let s = 0; s < morsel.selected; s++) {
      const row = morsel.selection === 0 ? s : arena.u32[(morsel.selection >>> 2) + s]!;
      const out = generate(args.map((read) => read(row)));
      if (out.length === 0 && spec.outer) {
        source.push(row);
        rows.push([]);
      }
      for (const values of out) {
        source.push(row);
        rows.push(values);
        if (rows.length === MORSEL_ROWS) flush();
      }
    }
    flush();
  };
}

function generatorOf(spec: GenerateSpec, width: number): Generator {
  const elements = (v: Value): readonly Value[][] => {
    if (v === null) return [];
    if (v instanceof MapValue) return v.keys.map((k, i) => [k, v.values[i]!]);
    return (v as readonly Value[]).map((x) => [x]);
  };
  switch (spec.fn.replace(/_outer$/, '')) {
    case 'explode':
      return ([v]) => elements(v ?? null);
    case 'posexplode':
      return ([v]) => elements(v ?? null).map((x, i) => [i, ...x]);
    case 'inline':
      return ([v]) =>
        v == null ? [] : (v as readonly Value[]).map((x) => (x === null ? [] : (x as readonly Value[])));
    case 'stack':
      return ([n, ...values]) =>
        Array.from({ length: Number(n) }, (_, r) =>
          Array.from({ length: width }, (__, c) => values[r * width + c] ?? null),
        );
    case 'replicaterows':
      return ([n, ...values]) => Array.from({ length: Number(n) }, () => values as readonly Value[]);
    case 'json_tuple':
      return ([json, ...fields]) => [jsonFields(json as string | null, fields as (string | null)[])];
    default:
      throw unsupported(`generator ${spec.fn}`);
  }
}

/** Top-level fields of a JSON object as text; nulls where it is none. Spark: `JsonTuple`. */
function jsonFields(json: string | null, fields: readonly (string | null)[]): Value[] {
  let object: unknown;
  try {
    object = json === null ? undefined : JSON.parse(json);
  } catch {
    object = undefined;
  }
  return fields.map((f) => {
    if (f === null || typeof object !== 'object' || object === null || Array.isArray(object)) return null;
    const value = Object.hasOwn(object, f) ? (object as Record<string, unknown>)[f] : undefined;
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
