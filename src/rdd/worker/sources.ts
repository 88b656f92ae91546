import { XorShiftRandom } from '../../exec/operators/xor-shift-random.js';
import { sparkException } from '../java-errors.js';
import { DONE, type Feed, FilterFeed, FlatMapFeed, Later, settle } from './feed.js';

/** Numbers of one slice of a range. Spark: `SparkContext.range`. */
export class RangeFeed implements Feed {
  #next: number;
  readonly #stop: number;
  constructor(
    readonly range: { readonly start: number; readonly end: number; readonly step: number; readonly slices: number },
    partition: number,
  ) {
    const { start, end, step, slices } = range;
    const count = Math.max(0, Math.ceil((end - start) / step));
    // As Spark divides: in whole numbers, the product first.
    const at = (i: number) => Number((BigInt(i) * BigInt(count)) / BigInt(slices));
    this.#next = at(partition);
    this.#stop = at(partition + 1);
  }
  pull(): unknown {
    if (this.#next >= this.#stop) return DONE;
    return this.range.start + this.#next++ * this.range.step;
  }
  close(): void {
    this.#next = this.#stop;
  }
}

/** `[element, its number]`: numbers go to elements as they are asked for, whichever of those is there first. */
export class IndexFeed implements Feed {
  #next: number;
  constructor(
    readonly up: Feed,
    first: number,
    readonly by: number,
  ) {
    this.#next = first;
  }
  pull(): unknown {
    const v = this.up.pull();
    if (v === DONE) return DONE;
    const at = this.#next;
    this.#next += this.by;
    return v instanceof Later
      ? new Later(
          v.promise.then((x) => (x === DONE ? DONE : [x, at])),
          v.sure,
        )
      : [v, at];
  }
  close(): unknown {
    return this.up.close();
  }
}

/** Elements at the same place of both. @throws org.apache.spark.SparkException if one ends before the other */
export class ZipFeed implements Feed {
  constructor(
    readonly left: Feed,
    readonly right: Feed,
  ) {}
  pull(): unknown {
    const l = this.left.pull();
    const r = this.right.pull();
    if (l instanceof Later || r instanceof Later)
      return new Later(
        Promise.all([settle(l), settle(r)]).then(([a, b]) => this.#pair(a, b)),
        false,
      );
    return this.#pair(l, r);
  }
  #pair(l: unknown, r: unknown): unknown {
    if (l === DONE && r === DONE) return DONE;
    if (l !== DONE && r !== DONE) return [l, r];
    const message = 'Can only zip RDDs with same number of elements in each partition';
    throw sparkException(message);
  }
  async close(): Promise<void> {
    await this.left.close();
    await this.right.close();
  }
}

/** Above this fraction each element is drawn for; below, the next one to keep. Spark: `RandomSampler.defaultMaxGapSamplingFraction` */
const MAX_GAP_FRACTION = 0.4;
const MIN_UNIFORM = 5e-11;

/** Keeps elements at random: each alone, or with replacement a Poisson number of times.
 * Spark: `BernoulliSampler`, `BernoulliCellSampler`, `PoissonSampler` */
export function sampled(
  up: Feed,
  spec: { readonly lower: number; readonly upper: number; readonly cell: boolean; readonly withReplacement: boolean },
  seed: bigint,
): Feed {
  const random = new XorShiftRandom(seed);
  const { lower, upper, cell } = spec;
  if (spec.withReplacement) {
    const threshold = Math.exp(-upper);
    return new FlatMapFeed(up, (v) => {
      let count = 0;
      for (let p = random.nextDouble(); p > threshold; p *= random.nextDouble()) count++;
      return new Array<unknown>(count).fill(v);
    });
  }
  if (cell)
    return new FilterFeed(up, () => {
      if (upper <= lower) return false;
      const x = random.nextDouble();
      return x >= lower && x < upper;
    });
  if (upper <= 0) return new FilterFeed(up, () => false);
  if (upper >= 1) return up;
  if (upper > MAX_GAP_FRACTION) return new FilterFeed(up, () => random.nextDouble() <= upper);
  const logKeep = Math.log1p(-upper);
  const gap = () => Math.floor(Math.log(Math.max(random.nextDouble(), MIN_UNIFORM)) / logKeep);
  let skip = gap();
  return new FilterFeed(up, () => {
    if (skip-- > 0) return false;
    skip = gap();
    return true;
  });
}
