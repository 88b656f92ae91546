import { Decimal, DOUBLE, LONG, type Value } from '../../types/index.js';
import type { TypeSpec } from '../coercion.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef, CallContext } from '../function.js';

/** Central moments up to the fourth, merged as Spark does. Spark: `CentralMomentAgg`. */
interface Moments {
  n: number;
  avg: number;
  m2: number;
  m3: number;
  m4: number;
}
const newMoments = (): Moments => ({ n: 0, avg: 0, m2: 0, m3: 0, m4: 0 });

function addMoment(s: Moments, value: Value): Moments {
  if (value === null) return s;
  const n = s.n + 1;
  const delta = (value as number) - s.avg;
  const deltaN = delta / n;
  const deltaN2 = deltaN * deltaN;
  const m2 = s.m2 + delta * (delta - deltaN);
  const m3 = s.m3 - 3 * deltaN * m2 + delta * (delta * delta - deltaN2);
  const m4 = s.m4 - 4 * deltaN * m3 - 6 * deltaN2 * m2 + delta * (delta * delta * delta - deltaN * deltaN2);
  s.n = n;
  s.avg += deltaN;
  s.m2 = m2;
  s.m3 = m3;
  s.m4 = m4;
  return s;
}

function mergeMoments(a: Moments, b: Moments): Moments {
  const n = a.n + b.n;
  if (n === 0) return a;
  const delta = b.avg - a.avg;
  const deltaN = delta / n;
  const m2 = a.m2 + b.m2 + delta * deltaN * a.n * b.n;
  const m3 = a.m3 + b.m3 + deltaN * deltaN * delta * a.n * b.n * (a.n - b.n) + 3 * deltaN * (a.n * b.m2 - b.n * a.m2);
  const m4 =
    a.m4 +
    b.m4 +
    deltaN * deltaN * deltaN * delta * a.n * b.n * (a.n * a.n - a.n * b.n + b.n * b.n) +
    6 * deltaN * deltaN * (a.n * a.n * b.m2 + b.n * b.n * a.m2) +
    4 * deltaN * (a.n * b.m3 - b.n * a.m3);
  return { n, avg: a.avg + deltaN * b.n, m2, m3, m4 };
}

function moment(
  usage: string,
  cls: string,
  aliases: readonly string[],
  description: string,
  finish: (s: Moments) => Value,
): AggregateFunctionDef {
  return aggregate<Moments>(usage, description, {
    cls,
    aliases,
    aliasShows: true,
    types: [DOUBLE],
    returns: DOUBLE,
    create: newMoments,
    update: (s, args) => addMoment(s, args[0] as Value),
    merge: mergeMoments,
    finish,
  });
}

/** Joint moments of (x, y) pairs without nulls. Spark: `Covariance`, `PearsonCorrelation`. */
interface Pair {
  n: number;
  xAvg: number;
  yAvg: number;
  ck: number;
  xMk: number;
  yMk: number;
  /** As `xMk`, summed in the way of `CentralMomentAgg`, which rounds otherwise. */
  xM2: number;
  yM2: number;
  xSum: number;
  ySum: number;
}
const newPair = (): Pair => ({ n: 0, xAvg: 0, yAvg: 0, ck: 0, xMk: 0, yMk: 0, xM2: 0, yM2: 0, xSum: 0, ySum: 0 });
function addPair(s: Pair, x: Value, y: Value): Pair {
  if (x === null || y === null) return s;
  const n = s.n + 1;
  const dx = (x as number) - s.xAvg;
  const dxN = dx / n;
  const dy = (y as number) - s.yAvg;
  const dyN = dy / n;
  s.ck += dx * ((y as number) - (s.yAvg + dyN));
  s.xMk += dx * ((x as number) - (s.xAvg + dxN));
  s.yMk += dy * ((y as number) - (s.yAvg + dyN));
  s.xM2 += dx * (dx - dxN);
  s.yM2 += dy * (dy - dyN);
  s.xSum += x as number;
  s.ySum += y as number;
  s.n = n;
  s.xAvg += dxN;
  s.yAvg += dyN;
  return s;
}
function mergePairs(a: Pair, b: Pair): Pair {
  const n = a.n + b.n;
  if (n === 0) return a;
  const dx = b.xAvg - a.xAvg;
  const dxN = dx / n;
  const dy = b.yAvg - a.yAvg;
  const dyN = dy / n;
  return {
    n,
    xAvg: a.xAvg + dxN * b.n,
    yAvg: a.yAvg + dyN * b.n,
    ck: a.ck + b.ck + dx * dyN * a.n * b.n,
    xMk: a.xMk + b.xMk + dx * dxN * a.n * b.n,
    yMk: a.yMk + b.yMk + dy * dyN * a.n * b.n,
    xM2: a.xM2 + b.xM2 + dx * dxN * a.n * b.n,
    yM2: a.yM2 + b.yM2 + dy * dyN * a.n * b.n,
    xSum: a.xSum + b.xSum,
    ySum: a.ySum + b.ySum,
  };
}
const asDouble = (v: Value): Value => (typeof v === 'bigint' ? Number(v) : v instanceof Decimal ? v.toNumber() : v);

function paired(
  usage: string,
  cls: string,
  description: string,
  finish: (s: Pair, c: CallContext) => Value,
  swap = false,
  types: readonly TypeSpec[] = [DOUBLE, DOUBLE],
): AggregateFunctionDef {
  return aggregate<Pair>(usage, description, {
    cls,
    types,
    returns: DOUBLE,
    create: newPair,
    update: (s, args) => {
      const [first, second] = args.map(asDouble) as [Value, Value];
      return swap ? addPair(s, second, first) : addPair(s, first, second);
    },
    merge: mergePairs,
    finish,
  });
}

interface Product {
  value: number | null;
}

export const statisticalAggregates: readonly AggregateFunctionDef[] = [
  moment('stddev(expr)', 'StddevSamp', ['stddev_samp', 'std'], 'Sample standard deviation.', (s) =>
    s.n < 2 ? null : Math.sqrt(s.m2 / (s.n - 1)),
  ),
  moment('stddev_pop(expr)', 'StddevPop', [], 'Population standard deviation.', (s) =>
    s.n === 0 ? null : Math.sqrt(s.m2 / s.n),
  ),
  moment('var_samp(expr)', 'VarianceSamp', ['variance'], 'Sample variance.', (s) =>
    s.n < 2 ? null : s.m2 / (s.n - 1),
  ),
  moment('var_pop(expr)', 'VariancePop', [], 'Population variance.', (s) => (s.n === 0 ? null : s.m2 / s.n)),
  moment('skewness(expr)', 'Skewness', [], 'Skewness.', (s) =>
    s.n === 0 || s.m2 === 0 ? null : (Math.sqrt(s.n) * s.m3) / Math.sqrt(s.m2 * s.m2 * s.m2),
  ),
  moment('kurtosis(expr)', 'Kurtosis', [], 'Excess kurtosis.', (s) =>
    s.n === 0 || s.m2 === 0 ? null : (s.n * s.m4) / (s.m2 * s.m2) - 3,
  ),
  paired('covar_pop(expr1, expr2)', 'CovPopulation', 'Population covariance.', (s) => (s.n === 0 ? null : s.ck / s.n)),
  paired('covar_samp(expr1, expr2)', 'CovSample', 'Sample covariance.', (s) => (s.n < 2 ? null : s.ck / (s.n - 1))),
  paired('corr(expr1, expr2)', 'Corr', 'Pearson correlation.', (s) =>
    s.n < 2 ? null : s.ck / Math.sqrt(s.xMk * s.yMk),
  ),
  aggregate<{ n: bigint }>('regr_count(y, x)', 'Number of pairs without null.', {
    cls: 'RegrCount',
    types: ['numeric', 'numeric'],
    returns: LONG,
    nullability: 'never',
    create: () => ({ n: 0n }),
    update: (s, args) => {
      if (args[0] !== null && args[1] !== null) s.n++;
      return s;
    },
    merge: (a, b) => ({ n: a.n + b.n }),
    finish: (s) => s.n,
  }),
  paired(
    'regr_avgx(y, x)',
    'RegrAvgX',
    'Mean of x over pairs without null.',
    (s) => (s.n === 0 ? null : s.xSum / s.n),
    true,
    ['numeric', 'numeric'],
  ),
  paired(
    'regr_avgy(y, x)',
    'RegrAvgY',
    'Mean of y over pairs without null.',
    (s) => (s.n === 0 ? null : s.ySum / s.n),
    true,
    ['numeric', 'numeric'],
  ),
  paired('regr_sxx(y, x)', 'RegrSXX', 'Sum of squares of x.', (s) => (s.n === 0 ? null : s.xM2), true),
  paired('regr_syy(y, x)', 'RegrSYY', 'Sum of squares of y.', (s) => (s.n === 0 ? null : s.yM2), true),
  paired('regr_sxy(y, x)', 'RegrSXY', 'Sum of products.', (s) => (s.n === 0 ? null : s.ck), true),
  paired(
    'regr_slope(y, x)',
    'RegrSlope',
    'Slope of the fitted line.',
    (s) => (s.n === 0 || s.xM2 === 0 ? null : s.ck / s.n / (s.xM2 / s.n)),
    true,
  ),
  paired(
    'regr_intercept(y, x)',
    'RegrIntercept',
    'Intercept of the fitted line.',
    (s) => (s.n === 0 || s.xM2 === 0 ? null : s.yAvg - (s.ck / s.n / (s.xM2 / s.n)) * s.xAvg),
    true,
  ),
  paired('regr_r2(y, x)', 'RegrR2', 'Coefficient of determination.', (s) => {
    // Spark's class reads y first.
    if (s.n === 0 || s.yMk === 0) return null;
    const corr = s.ck / Math.sqrt(s.xMk * s.yMk);
    return s.xMk === 0 ? 1 : corr * corr;
  }),
  aggregate<Product>('product(expr)', 'Product of the values; only in the DataFrame interface.', {
    cls: 'Product',
    types: [DOUBLE],
    returns: DOUBLE,
    create: () => ({ value: null }),
    update: (s, args) => {
      if (args[0] !== null) s.value = (s.value ?? 1) * (args[0] as number);
      return s;
    },
    merge: (a, b) => ({ value: a.value === null ? b.value : b.value === null ? a.value : a.value * b.value }),
    finish: (s) => s.value,
  }),
];
