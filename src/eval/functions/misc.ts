import { randomUUID } from 'node:crypto';
import { runtimeError } from '../../errors/index.js';
import { type DataType, Decimal, DOUBLE, FLOAT, INT, LONG, STRING, type Value } from '../../types/index.js';
import { cast } from '../cast.js';
import { castsTo, exactTypes, nonFoldable, widerDecimalType } from '../coercion.js';
import { scalar } from '../define.js';
import type { CallContext, ScalarFunction } from '../function.js';
import { MersenneTwister } from '../mersenne-twister.js';
import { XorShiftRandom } from '../xorshift.js';

const SEED = { anyOf: [INT, LONG] } as const;
const never = { nullability: 'never' } as const;

/** The random stream of a call site in this partition; created at its first row. */
export function randomOf(context: CallContext, seed: Value | undefined): XorShiftRandom {
  let stream = context.state.get('random') as XorShiftRandom | undefined;
  if (!stream) {
    const base =
      seed === undefined
        ? BigInt(Math.floor(Math.random() * 2 ** 53))
        : seed === null
          ? 0n
          : BigInt(seed as number | bigint);
    stream = new XorShiftRandom(BigInt.asIntN(64, base + BigInt(context.partitionIndex ?? 0)));
    context.state.set('random', stream);
  }
  return stream;
}
/** As `randomOf`, for the functions whose stream is a Mersenne twister. */
function twisterOf(context: CallContext, seed: Value | undefined): MersenneTwister {
  const held = context.state.get('twister') as MersenneTwister | undefined;
  if (held) return held;
  const base = typeof seed === 'bigint' ? seed : BigInt(Math.floor(Math.random() * 2 ** 53));
  const made = new MersenneTwister(BigInt.asIntN(64, base + BigInt(context.partitionIndex ?? 0)));
  context.state.set('twister', made);
  return made;
}
/** A UUID of version 4. Spark: `RandomUUIDGenerator` */
function drawnUuid(stream: MersenneTwister): string {
  const bits = (n: bigint): string => BigInt.asUintN(64, n).toString(16).padStart(16, '0');
  const most = bits((BigInt.asUintN(64, stream.nextLong()) & 0xffffffffffff0fffn) | 0x4000n);
  const least = bits((BigInt.asUintN(64, stream.nextLong()) | 0x8000000000000000n) & 0xbfffffffffffffffn);
  return `${most.slice(0, 8)}-${most.slice(8, 12)}-${most.slice(12)}-${least.slice(0, 4)}-${least.slice(4)}`;
}
function random(
  name: string,
  cls: string,
  aliases: readonly string[],
  draw: (r: XorShiftRandom) => number,
): ScalarFunction {
  return scalar('math', `${name}([seed])`, 'A random number.', {
    cls,
    aliases,
    aliasShows: true,
    coerce: exactTypes([SEED]),
    returns: DOUBLE,
    deterministic: false,
    nullIntolerant: false,
    ...never,
    run: ([seed], c) => draw(randomOf(c, seed as Value | undefined)),
  });
}

/** Integers give the wider integer, a fraction the wider fraction, a decimal the wider decimal; null counts as double. */
function uniformType(args: readonly DataType[]): DataType {
  const [a, b] = args as [DataType, DataType];
  if (a.kind === 'null' || b.kind === 'null') {
    const other = a.kind === 'null' ? b : a;
    return other.kind === 'float' ? FLOAT : DOUBLE;
  }
  if (a.kind === 'decimal' && b.kind === 'decimal') return widerDecimalType(a, b);
  for (const kind of ['double', 'float', 'decimal', 'long', 'int', 'short', 'byte']) {
    const found = args.slice(0, 2).find((t) => t.kind === kind);
    if (found) return found;
  }
  return DOUBLE;
}

const POOL = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** @throws INVALID_PARAMETER_VALUE.LENGTH. Spark: `ExpressionImplUtils.randStr` */
function randomText(length: number, stream: XorShiftRandom): string {
  if (length < 0)
    throw runtimeError('INVALID_PARAMETER_VALUE.LENGTH', {
      parameter: '`length`',
      functionName: '`randstr`',
      length: String(length),
    });
  return Array.from({ length }, () => POOL[Math.abs(stream.nextInt() % POOL.length)]).join('');
}

export const miscFunctions: readonly ScalarFunction[] = [
  random('rand', 'Rand', ['random'], (r) => r.nextDouble()),
  random('randn', 'Randn', [], (r) => r.nextGaussian()),
  scalar('math', 'uniform(min, max[, seed])', 'A random number between two constants.', {
    cls: 'Uniform',
    coerce: (args, c) => {
      const at = ['min', 'max', 'seed'].findIndex((_, i) => c.foldable?.[i] === false);
      if (at >= 0) return nonFoldable(at, ['min', 'max', 'seed'][at] as string, 'integer or floating-point');
      return exactTypes(['numeric', 'numeric', SEED])(args, c);
    },
    returns: uniformType,
    deterministic: false,
    nullIntolerant: false,
    nullability: (n) => n[0] === true || n[1] === true,
    run: ([min, max, seed], c) => {
      const drawn = randomOf(c, (seed === null ? 0 : seed) as Value | undefined).nextDouble();
      if (min === null || max === null) return null;
      const number = (v: unknown): number => (v instanceof Decimal ? v.toNumber() : Number(v));
      return cast(number(min) + (number(max) - number(min)) * drawn, DOUBLE, c.returnType, c.mode, c.timeZone);
    },
  }),
  scalar('string', 'randstr(length[, seed])', 'Random letters and digits.', {
    cls: 'RandStr',
    coerce: (args, c) => {
      const at = ['length', 'seed'].findIndex((_, i) => c.foldable?.[i] === false);
      if (at >= 0) return nonFoldable(at, ['length', 'seed'][at] as string, 'integer');
      const checked = exactTypes(['numeric', SEED])(args, c);
      return 'mismatch' in checked ? checked : castsTo(args, [INT]);
    },
    returns: STRING,
    deterministic: false,
    nullIntolerant: false,
    ...never,
    run: ([length, seed], c) => randomText((length ?? 0) as number, randomOf(c, (seed === null ? 0 : seed) as Value)),
  }),
  scalar('misc', 'typeof(expr)', 'Type of the argument.', {
    cls: 'TypeOf',
    returns: STRING,
    nullIntolerant: false,
    ...never,
    run: (_, c) => (c.argTypes[0] as DataType).catalogString,
  }),
  scalar('misc', 'uuid()', 'A random UUID.', {
    cls: 'Uuid',
    returns: STRING,
    deterministic: false,
    ...never,
    run: ([seed], c) => (seed === undefined ? randomUUID() : drawnUuid(twisterOf(c, seed as bigint))),
  }),
  scalar('misc', 'spark_partition_id()', 'Number of the partition.', {
    cls: 'SparkPartitionID',
    returns: INT,
    deterministic: false,
    ...never,
    run: (_, c) => c.partitionIndex ?? 0,
  }),
  scalar('misc', 'monotonically_increasing_id()', 'A number that grows within and over partitions.', {
    cls: 'MonotonicallyIncreasingID',
    returns: LONG,
    deterministic: false,
    ...never,
    run: (_, c) => {
      const n = (c.state.get('count') as bigint | undefined) ?? 0n;
      c.state.set('count', n + 1n);
      return (BigInt(c.partitionIndex ?? 0) << 33n) + n;
    },
  }),
  scalar('misc', 'version()', 'Version of Spark whose behaviour this follows.', {
    cls: 'SparkVersion',
    returns: STRING,
    ...never,
    run: () => '4.0.1',
  }),
  scalar('misc', 'current_user()', 'Name of the user.', {
    cls: 'CurrentUser',
    aliases: ['user', 'session_user'],
    aliasShows: true,
    returns: STRING,
    ...never,
    run: () => process.env['USER'] ?? 'root',
  }),
  scalar('misc', 'input_file_name()', 'Path of the file the row was read from, empty if none.', {
    cls: 'InputFileName',
    returns: STRING,
    deterministic: false,
    ...never,
    run: (_, c) => c.inputFile?.()?.path ?? '',
  }),
  scalar('misc', 'input_file_block_start()', 'Offset of the file block the row was read from, -1 if none.', {
    cls: 'InputFileBlockStart',
    returns: LONG,
    deterministic: false,
    ...never,
    run: (_, c) => BigInt(c.inputFile?.()?.start ?? -1),
  }),
  scalar('misc', 'input_file_block_length()', 'Length of the file block the row was read from, -1 if none.', {
    cls: 'InputFileBlockLength',
    returns: LONG,
    deterministic: false,
    ...never,
    run: (_, c) => BigInt(c.inputFile?.()?.length ?? -1),
  }),
  scalar('misc', 'current_catalog()', 'Name of the current catalog.', {
    cls: 'CurrentCatalog',
    returns: STRING,
    ...never,
    run: () => 'spark_catalog',
  }),
  scalar('misc', 'current_database()', 'Name of the current database; the analyzer puts it in.', {
    cls: 'CurrentDatabase',
    aliases: ['current_schema'],
    aliasShows: true,
    returns: STRING,
    ...never,
    run: () => 'default',
  }),
  scalar('array', 'shuffle(array[, seed])', 'The array in random order.', {
    cls: 'Shuffle',
    types: ['array', LONG],
    returns: (args) => args[0] as DataType,
    deterministic: false,
    run: ([a, seed], c) => {
      const from = a as readonly Value[];
      const stream = twisterOf(c, seed as Value | undefined);
      // Each place takes over what stands at a random place up to it, which gets the new element.
      const out: Value[] = [];
      from.forEach((v, i) => {
        const j = stream.nextInt(i + 1);
        if (j !== i) out[i] = out[j] as Value;
        out[j] = v;
      });
      return out;
    },
  }),
];
