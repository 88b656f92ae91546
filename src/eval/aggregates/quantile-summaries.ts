interface Sample {
  readonly value: number;
  readonly g: number;
  readonly delta: number;
}

const HEAD_SIZE = 50_000;
const COMPRESS_THRESHOLD = 10_000;

/** Greenwald-Khanna quantile sketch. Spark: `QuantileSummaries`. */
export class QuantileSummaries {
  #sampled: Sample[] = [];
  #count = 0;
  #head: number[] = [];
  constructor(readonly relativeError: number) {}

  get count(): number {
    return this.#count + this.#head.length;
  }

  insert(value: number): void {
    this.#head.push(value);
    if (this.#head.length >= HEAD_SIZE) {
      this.#flush();
      if (this.#sampled.length >= COMPRESS_THRESHOLD) this.compress();
    }
  }

  #flush(): void {
    if (this.#head.length === 0) return;
    const sorted = Float64Array.from(this.#head).sort();
    const old = this.#sampled;
    const out: Sample[] = [];
    let at = 0;
    for (let i = 0; i < sorted.length; i++) {
      const value = sorted[i] as number;
      while (at < old.length && (old[at] as Sample).value <= value) out.push(old[at++] as Sample);
      this.#count++;
      const edge = out.length === 0 || (at === old.length && i === sorted.length - 1);
      out.push({ value, g: 1, delta: edge ? 0 : Math.floor(2 * this.relativeError * this.#count) });
    }
    while (at < old.length) out.push(old[at++] as Sample);
    this.#sampled = out;
    this.#head = [];
  }

  compress(): void {
    this.#flush();
    this.#sampled = compressed(this.#sampled, 2 * this.relativeError * this.#count);
  }

  merge(other: QuantileSummaries): void {
    this.compress();
    other.compress();
    if (other.#count === 0) return;
    if (this.#count === 0) {
      this.#sampled = other.#sampled.slice();
      this.#count = other.#count;
      return;
    }
    const mine = this.#sampled;
    const theirs = other.#sampled;
    const selfDelta = Math.floor(2 * other.relativeError * other.#count);
    const otherDelta = Math.floor(2 * this.relativeError * this.#count);
    const out: Sample[] = [];
    let i = 0;
    let j = 0;
    while (i < mine.length && j < theirs.length) {
      const a = mine[i] as Sample;
      const b = theirs[j] as Sample;
      if (a.value < b.value) {
        i++;
        out.push({ ...a, delta: a.delta + (j > 0 ? selfDelta : 0) });
      } else {
        j++;
        out.push({ ...b, delta: b.delta + (i > 0 ? otherDelta : 0) });
      }
    }
    while (i < mine.length) out.push(mine[i++] as Sample);
    while (j < theirs.length) out.push(theirs[j++] as Sample);
    const error = Math.max(this.relativeError, other.relativeError);
    this.#count += other.#count;
    this.#sampled = compressed(out, 2 * error * this.#count);
  }

  /** Approximate quantile, undefined without values. */
  query(quantile: number): number | undefined {
    this.compress();
    const samples = this.#sampled;
    const last = samples[samples.length - 1];
    if (last === undefined) return undefined;
    if (quantile <= this.relativeError || samples.length === 1) return (samples[0] as Sample).value;
    if (quantile >= 1 - this.relativeError) return last.value;
    const target = samples.reduce((max, s) => Math.max(max, s.delta + s.g), 0) / 2;
    const rank = Math.ceil(quantile * this.#count);
    let minRank = (samples[0] as Sample).g;
    for (let i = 0; i < samples.length - 1; i++) {
      const sample = samples[i] as Sample;
      if (minRank + sample.delta - target <= rank && rank <= minRank + target) return sample.value;
      minRank += (samples[i + 1] as Sample).g;
    }
    return last.value;
  }
}

function compressed(samples: readonly Sample[], threshold: number): Sample[] {
  const end = samples[samples.length - 1];
  if (end === undefined) return [];
  const reversed: Sample[] = [];
  let head = end;
  for (let i = samples.length - 2; i >= 1; i--) {
    const sample = samples[i] as Sample;
    if (sample.g + head.g + head.delta < threshold) head = { ...head, g: head.g + sample.g };
    else {
      reversed.push(head);
      head = sample;
    }
  }
  reversed.push(head);
  const first = samples[0] as Sample;
  if (first.value <= head.value && samples.length > 1) reversed.push(first);
  return reversed.reverse();
}
