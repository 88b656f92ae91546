import type { DayTimeIntervalType, YearMonthIntervalType } from './data-type.js';
import type { CalendarInterval } from './value.js';

const pad2 = (n: bigint | number): string => String(n).padStart(2, '0');

/** `INTERVAL '1-2' YEAR TO MONTH`. Spark: `IntervalUtils.toYearMonthIntervalString`. */
export function formatYearMonthInterval(months: number, type: YearMonthIntervalType): string {
  const sign = months < 0 ? '-' : '';
  const total = Math.abs(months);
  if (type.startField === type.endField) {
    return type.startField === 0 ? `INTERVAL '${sign}${Math.floor(total / 12)}' YEAR` : `INTERVAL '${months}' MONTH`;
  }
  return `INTERVAL '${sign}${Math.floor(total / 12)}-${total % 12}' YEAR TO MONTH`;
}

const UNIT_NAMES = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const;
const UNIT_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const;

/** `INTERVAL '1 02:03:04.5' DAY TO SECOND`. Spark: `IntervalUtils.toDayTimeIntervalString`. */
export function formatDayTimeInterval(micros: bigint, type: DayTimeIntervalType): string {
  const sign = micros < 0n ? '-' : '';
  let rest = micros < 0n ? -micros : micros;
  let text = '';
  for (let field = type.startField; field <= type.endField; field++) {
    const unit = UNIT_MICROS[field] as bigint;
    const amount = rest / unit;
    rest %= unit;
    const first = field === type.startField;
    if (field === 3) {
      const fraction = rest === 0n ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
      text += `${first ? '' : ':'}${pad2(amount)}${fraction}`;
    } else if (first) text += field === 0 ? String(amount) : pad2(amount);
    else text += `${field === 1 ? ' ' : ':'}${pad2(amount)}`;
  }
  const name =
    type.startField === type.endField
      ? UNIT_NAMES[type.startField]
      : `${UNIT_NAMES[type.startField]} TO ${UNIT_NAMES[type.endField]}`;
  return `INTERVAL '${sign}${text}' ${name}`;
}

/** `1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds`, `0 seconds` for nothing. Spark: `CalendarInterval.toString`. */
export function formatCalendarInterval(interval: CalendarInterval): string {
  const parts: string[] = [];
  const add = (n: number | bigint, unit: string): void => {
    if (n !== 0 && n !== 0n) parts.push(`${n} ${unit}`);
  };
  add(Math.trunc(interval.months / 12), 'years');
  add(interval.months % 12, 'months');
  add(interval.days, 'days');
  const { micros } = interval;
  add(micros / 3_600_000_000n, 'hours');
  add((micros % 3_600_000_000n) / 60_000_000n, 'minutes');
  const seconds = micros % 60_000_000n;
  if (seconds !== 0n) {
    const abs = seconds < 0n ? -seconds : seconds;
    const fraction = abs % 1_000_000n;
    const tail = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
    parts.push(`${seconds < 0n ? '-' : ''}${abs / 1_000_000n}${tail} seconds`);
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}
