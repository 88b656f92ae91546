import { randomUUID } from 'node:crypto';
import { type DataType, Decimal, DOUBLE, INT, isNumeric, LONG, STRING, type Value } from '../../types/index.js';
import { cast } from '../cast.js';
import { castsTo, findWiderCommonType, inputTypes, unexpectedInput } from '../coercion.js';
import { scalar } from '../define.js';
import type { CallContext, ScalarFunction } from '../function.js';
import { XorShiftRandom } from '../xorshift.js';

const never = { nullability: 'never' } as const;

/** The random stream of a call site in this partition; created at its first row. */
export function randomOf(context: CallContext, seed: Value | undefined): XorShiftRandom {
  let stream = context.state.get('random') as XorShiftRandom | undefined;
  if (!stream) {
    const base =
      seed === undefined || seed === null
        ? BigInt(Math.floor(Math.random() * 2 ** 53))
        : BigInt(seed as number | bigint);
    stream = new XorShiftRandom(BigInt.asIntN(64, base + BigInt(context.partitionIndex ?? 0)));
    context.state.set('random', stream);
  }
  return stream;
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
    coerce: inputTypes([{ anyOf: [INT, LONG] }]),
    returns: DOUBLE,
    deterministic: false,
    nullIntolerant: false,
    ...never,
    run: ([seed], c) => draw(randomOf(c, seed as Value | undefined)),
  });
}

export const miscFunctions: readonly ScalarFunction[] = [
  random('rand', 'Rand', ['random'], (r) => r.nextDouble()),
  random('randn', 'Randn', [], (r) => r.nextGaussian()),
  scalar('math', 'uniform(min, max[, seed])', 'A random number between two constants.', {
    cls: 'Uniform',
    coerce: (args, c) => {
      const common = findWiderCommonType(args.slice(0, 2), c.mode);
      return common && isNumeric(common)
        ? castsTo(args, [common, common])
        : unexpectedInput(0, 'numeric', args[0] as DataType);
    },
    returns: (args) => args[0] as DataType,
    deterministic: false,
    nullability: (n) => n[0] === true || n[1] === true,
    run: ([min, max, seed], c) => {
      const number = (v: unknown): number => (v instanceof Decimal ? v.toNumber() : Number(v));
      const drawn = number(min) + (number(max) - number(min)) * randomOf(c, seed as Value | undefined).nextDouble();
      return cast(drawn, DOUBLE, c.returnType, c.mode, c.timeZone);
    },
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
    run: () => randomUUID(),
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
      const out = (a as readonly Value[]).slice();
      const r = randomOf(c, seed as Value | undefined);
      for (let i = out.length - 1; i > 0; i--) {
        const j = Math.floor(r.nextDouble() * (i + 1));
        [out[i], out[j]] = [out[j] as Value, out[i] as Value];
      }
      return out;
    },
  }),
];
