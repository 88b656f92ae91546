import { expect, it } from 'vitest';
import { Places } from '../../../src/rdd/scheduler/places.js';

it('places are found out once for each task, and again when what it is made of moves', () => {
  const heaps = new Map([
    ['7:10', [1]],
    ['7:11', [2]],
  ]);
  const asked: number[] = [];
  const places = new Places([10, 11, 12], (partition) => {
    asked.push(partition);
    return { workers: heaps.get(`7:${partition}`) ?? [], blocks: [`7:${partition}`, '8:0'] };
  });
  const all = () => [0, 1, 2].map((index) => places.of(index));
  expect([all(), all()]).toEqual([
    [[1], [2], []],
    [[1], [2], []],
  ]);
  expect(asked).toEqual([10, 11, 12]);
  heaps.set('7:12', [3]);
  places.moved([{ rdd: 7, partition: 12, heap: 100 }]);
  expect(all()).toEqual([[1], [2], [3]]);
  expect(asked).toEqual([10, 11, 12, 12]);
  places.moved([{ rdd: 8, partition: 0, heap: 0 }]);
  expect(all()).toEqual([[1], [2], [3]]);
  expect(asked).toEqual([10, 11, 12, 12, 10, 11, 12]);
});
