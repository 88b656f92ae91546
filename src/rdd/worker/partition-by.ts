import { XorShiftRandom } from '../../exec/operators/xor-shift-random.js';
import { compareValues, hashKey, nonNegativeMod } from '../data/keys.js';
import { decodeValue } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';
import type { PartitionerSpec } from '../lineage/spec.js';
import type { Functions } from './functions.js';

/** The function that gives a key's partition. @param mapPartition of the elements that come */
export function partitionerOf(
  spec: PartitionerSpec,
  functions: Functions,
  mapPartition: number,
): (key: unknown) => number {
  const n = spec.numPartitions;
  switch (spec.kind) {
    case 'hash':
      return (key) => nonNegativeMod(hashKey(key), n);
    case 'range': {
      const bounds = decodeValue(spec.bounds) as unknown[];
      return (key) => {
        let low = 0;
        let high = bounds.length;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (compareValues(key, bounds[middle]) > 0) low = middle + 1;
          else high = middle;
        }
        return spec.ascending ? low : bounds.length - low;
      };
    }
    case 'custom': {
      const f = functions.get(spec.getPartition);
      return (key) => {
        const p = f(key);
        if (typeof p === 'number' && Number.isInteger(p) && p >= 0 && p < n) return p;
        const message = `The partitioner gave ${String(p)} for a key, where a whole number from 0 to ${n - 1} is needed.`;
        throw sparkException(message);
      };
    }
    case 'round-robin': {
      // Every map task begins elsewhere, so that short partitions do not all fill the first ones.
      let next = new XorShiftRandom(BigInt(mapPartition)).nextInt(n);
      return () => (next = (next + 1) % n);
    }
  }
}
