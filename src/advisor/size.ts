import { NO_ORIGIN, SparkError } from '../errors/index.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of `512m`, `1.5g`, `1048576` or a number. @throws java.lang.IllegalArgumentException */
export function parseSize(size: string | number): number {
  if (typeof size === 'number') return size;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(size.trim()) ?? [];
  if (digits === undefined || unit === undefined)
    throw new SparkError('illegal-argument', 'java.lang.IllegalArgumentException', {}, NO_ORIGIN, {
      message: `Not a size: ${size}. Write for example 512m or 2g.`,
    });
  return Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] as number));
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${['KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
}
