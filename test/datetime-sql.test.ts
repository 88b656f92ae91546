import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SparkError, SparkSession } from '../src/index.js';
import { toSqlString } from '../src/types/index.js';

/** What Spark 4.0.1 answered in the session time zone America/Los_Angeles; timestamps as texts in UTC. */
let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder
    .config('spark.master', 'local[1]')
    .config('spark.sql.session.timeZone', 'America/Los_Angeles')
    .create();
});
afterAll(async () => {
  await spark.stop();
});

async function answer(sql: string, confs: Readonly<Record<string, string>> = {}): Promise<string[]> {
  for (const [k, v] of Object.entries(confs)) spark.conf.set(k, v);
  try {
    const df = spark.sql(sql);
    const rows = await df.collectValues();
    const types = df.schema.fields.map((f) => f.dataType);
    return rows.map((r) => r.map((v, i) => toSqlString(v, types[i] as (typeof types)[number], 'UTC')).join(' | '));
  } catch (error) {
    if (!(error instanceof SparkError)) throw error;
    const { condition, parameters, message } = error;
    if (condition.startsWith('java.')) return [message];
    return [`${condition} ${parameters.message ?? ''}`.trim()];
  } finally {
    for (const k of Object.keys(confs)) spark.conf.unset(k);
  }
}

const LEGACY = { 'spark.sql.legacy.timeParserPolicy': 'LEGACY' };
const EXCEPTION = { 'spark.sql.legacy.timeParserPolicy': 'EXCEPTION' };
const NTZ = { 'spark.sql.timestampType': 'TIMESTAMP_NTZ' };
type Case = readonly [sql: string, expected: string, confs?: Readonly<Record<string, string>>];

function check(cases: readonly Case[]): void {
  test.each(cases.map(([sql, expected, confs]) => ({ sql, expected, confs })))(
    '$sql',
    async ({ sql, expected, confs }) => {
      expect((await answer(sql, confs)).join('\n')).toBe(expected);
    },
  );
}

describe('patterns of DateTimeFormatter', () => {
  check([
    [
      "select to_timestamp('2020-01-01 5 PM', 'yyyy-MM-dd h a'), to_timestamp('PM', 'a')",
      '2020-01-02 01:00:00 | 1970-01-01 20:00:00',
    ],
    [
      "select to_timestamp('2020-01-01 24', 'yyyy-MM-dd HH')",
      "CANNOT_PARSE_TIMESTAMP Text '2020-01-01 24' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24",
    ],
    [
      "select to_timestamp('30-365', 'dd-DDD')",
      'CANNOT_PARSE_TIMESTAMP Conflict found: Field DayOfMonth 30 differs from DayOfMonth 31 derived from 1970-12-31.',
    ],
    ["select to_timestamp('12020', 'Myyyy')", "CANNOT_PARSE_TIMESTAMP Text '12020' could not be parsed at index 5"],
    [
      "select date_format(timestamp'1583-01-01 00:00:00', 'yyyy z zzzz O X XXXXX VV')",
      '1583 PST Pacific Standard Time GMT-7:52:58 -0752 -07:52:58 America/Los_Angeles',
    ],
    ["select to_timestamp('2020 Q2', \"yyyy 'Q'q\")", 'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER'],
  ]);
});

describe('old patterns', () => {
  check([
    [
      "select date_format(timestamp'2020-08-05 13:04:05.678', 'yyyy.MM.dd G w W u F EEEE hh:mm:ss.SSSS a Z X')",
      '2020.08.05 AD 32 2 3 1 Wednesday 01:04:05.0678 PM -0700 -07',
      LEGACY,
    ],
    ["select date_format(timestamp'1500-03-01 00:00:00', 'yyyy-MM-dd EEE D')", '1500-03-01 Sun 61', LEGACY],
    ["select date_format(date'2020-12-31', 'Y w W')", '2021 1 5', LEGACY],
    ["select to_timestamp('20200101101112', 'yyyyMMddHHmmss')", '2020-01-01 18:11:12', LEGACY],
    [
      "select to_timestamp('2020-02-30', 'yyyy-MM-dd')",
      'CANNOT_PARSE_TIMESTAMP Unparseable date: "2020-02-30"',
      LEGACY,
    ],
    [
      "select from_json('{\"t\":\"31/02/2015 10:11:12.1234\"}', 't timestamp', map('timestampFormat', 'dd/MM/yyyy HH:mm:ss.SSSS'))",
      '{2015-03-03 18:11:12.1234}',
      LEGACY,
    ],
    [
      "select to_date('2020-1-3', 'yyyy-MM-dd')",
      'INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER',
      EXCEPTION,
    ],
    ["select to_date('2020-01-03', 'yyyy-MM-dd')", '2020-01-03', EXCEPTION],
  ]);
});

describe('overflows', () => {
  check([
    ["select timestampadd(QUARTER, 2147483647, timestamp'2020-01-01')", 'DATETIME_OVERFLOW'],
    ["select date'2020-01-01' + interval '9999999' year", 'ARITHMETIC_OVERFLOW integer overflow'],
    ["select timestamp'2020-01-01' + interval '9999999' year", '[java.lang.ArithmeticException] long overflow'],
    ['select make_interval(2147483647, 12)', 'ARITHMETIC_OVERFLOW integer overflow'],
    ['select make_ym_interval(2147483647, 12)', 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'],
    [
      "select interval '1' month * 1e300D",
      '[java.lang.ArithmeticException] rounded value is out of range for input 1.0E300 and rounding mode HALF_UP',
    ],
    ["select (interval '-178956970-8' year to month) / -1", 'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION'],
    ['select make_interval(1) / 0', 'INTERVAL_DIVIDED_BY_ZERO'],
  ]);
});

describe('special words and types', () => {
  check([
    [
      "select cast('epoch' as timestamp), to_date('epoch'), timestamp_ntz'epoch'",
      '1970-01-01 00:00:00 | 1970-01-01 | 1970-01-01 00:00:00',
    ],
    [
      "select timestamp'2020-01-01 10:00:00', to_timestamp('2020-01-01 10:00:00'), make_timestamp(2020, 1, 1, 10, 0, 0)",
      '2020-01-01 10:00:00 | 2020-01-01 10:00:00 | 2020-01-01 10:00:00',
      NTZ,
    ],
    [
      "select interval '1-2' year to month, date'2020-03-05' - date'2020-01-31'",
      '1 years 2 months | 1 months 5 days',
      { 'spark.sql.legacy.interval.enabled': 'true' },
    ],
    ["select avg(timestamp'2020-01-01 00:00:00')", '1.5778656E9'],
    ["select cast('1x' as interval)", 'null'],
  ]);
});

describe('time windows', () => {
  const EVENTS =
    "(select * from values (timestamp'2020-01-01 10:01:00', 1), (timestamp'2020-01-01 10:04:30', 2), (timestamp'2020-01-01 10:12:00', 3), (cast(null as timestamp), 4) t(ts, v))";
  check([
    [
      `select window, sum(v) from ${EVENTS} group by window(ts, '5 minutes') order by window.start`,
      '{2020-01-01 18:00:00, 2020-01-01 18:05:00} | 3\n{2020-01-01 18:10:00, 2020-01-01 18:15:00} | 3',
    ],
    [
      `select window.start, count(*) from ${EVENTS} group by window(ts, '10 minutes', '5 minutes') order by 1`,
      '2020-01-01 17:55:00 | 2\n2020-01-01 18:00:00 | 2\n2020-01-01 18:05:00 | 1\n2020-01-01 18:10:00 | 1',
    ],
    [
      `select session_window.start, session_window.end, sum(v) from ${EVENTS} group by session_window(ts, '5 minutes') order by 1`,
      '2020-01-01 18:01:00 | 2020-01-01 18:09:30 | 3\n2020-01-01 18:12:00 | 2020-01-01 18:17:00 | 3',
    ],
    [
      `select v % 2, session_window, sum(v) from ${EVENTS} group by v % 2, session_window(ts, '5 minutes') order by 1, 2`,
      '0 | {2020-01-01 18:04:30, 2020-01-01 18:09:30} | 2\n1 | {2020-01-01 18:01:00, 2020-01-01 18:06:00} | 1\n1 | {2020-01-01 18:12:00, 2020-01-01 18:17:00} | 3',
    ],
    [
      `select window_time(w), s from (select window w, sum(v) s from ${EVENTS} group by window(ts, '5 minutes')) order by 1`,
      '2020-01-01 18:04:59.999999 | 3\n2020-01-01 18:14:59.999999 | 3',
    ],
    [`select window(ts, '0 minutes') from ${EVENTS}`, 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
    [`select window(ts, '5 minutes'), window(ts, '10 minutes') from ${EVENTS}`, '_LEGACY_ERROR_TEMP_1039'],
  ]);
});

test('RANGE frames add months in the session time zone', async () => {
  const rows = await answer(
    `select t, count(*) over (order by t range between current row and interval '1' month following) from values
     (timestamp'2020-02-29 00:00:00'), (timestamp'2020-03-29 00:00:00'), (timestamp'2020-03-29 00:00:01') v(t) order by t`,
  );
  expect(rows).toEqual(['2020-02-29 08:00:00 | 2', '2020-03-29 07:00:00 | 2', '2020-03-29 07:00:01 | 1']);
});
