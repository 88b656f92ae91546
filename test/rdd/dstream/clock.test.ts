import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Duration, Milliseconds, Minutes, Seconds, toDuration } from '../../../src/rdd/dstream/duration.js';
import { type Job, JobScheduler } from '../../../src/rdd/dstream/job-scheduler.js';
import { RecurringTimer } from '../../../src/rdd/dstream/recurring-timer.js';
import { delay } from '../../../src/rdd/resilience/timeout.js';
import { ManualClock, SystemClock } from '../../../src/rdd/streaming/clock.js';

describe('Duration', () => {
  it('is whole milliseconds; numbers are seconds', () => {
    expect(toDuration(1.5)).toEqual(new Duration(1500));
    expect([Milliseconds(20), Seconds(2), Minutes(1)].map(String)).toEqual(['20 ms', '2000 ms', '60000 ms']);
    expect(Seconds(4).isMultipleOf(Seconds(2))).toBe(true);
    expect(Seconds(3).isMultipleOf(Seconds(2))).toBe(false);
    for (const bad of [0, -1, Number.NaN]) expect(() => toDuration(bad)).toThrow(/IllegalArgumentException/);
  });
});

describe('RecurringTimer', () => {
  it('begins at the next multiple of its period', () => {
    const start = (now: number): number => new RecurringTimer(new ManualClock(now), 1000, () => {}).startTime();
    expect([0, 999, 1000, 1234].map(start)).toEqual([1000, 1000, 2000, 2000]);
  });

  it('leaves no period out, however time jumps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3500 }), { maxLength: 8 }), async (jumps) => {
        const clock = new ManualClock();
        const ticks: number[] = [];
        const timer = new RecurringTimer(clock, 1000, (time) => ticks.push(time));
        timer.start(timer.startTime());
        for (const ms of jumps) clock.advance(ms);
        await timer.stop(true);
        const end = Math.floor(clock.now() / 1000);
        expect(ticks).toEqual(Array.from({ length: end }, (_, i) => (i + 1) * 1000));
        clock.advance(5000);
        expect(ticks).toHaveLength(end);
      }),
    );
  });

  it('ticks at its time by the machine’s clock, and closes the period that runs when stopped in order', async () => {
    const clock = new SystemClock(true);
    const ticks: [due: number, at: number][] = [];
    const timer = new RecurringTimer(clock, 40, (time) => ticks.push([time, clock.now()]));
    timer.start(timer.startTime());
    await delay(10);
    await timer.stop(true);
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.every(([due, at]) => at >= due && due % 40 === 0)).toBe(true);
    const before = ticks.length;
    await delay(60);
    expect(ticks).toHaveLength(before);
  });
});

describe('JobScheduler', () => {
  const setUp = (concurrent: number) => {
    const log: string[] = [];
    const failures: unknown[] = [];
    const scheduler = new JobScheduler(
      {
        now: () => 0,
        notify: (event, batch) => log.push(`${event} ${batch.batchTime}`),
        failed: (_, error) => failures.push(error),
        completed: async () => {},
      },
      concurrent,
    );
    const job = (time: number, outputOperation: number, ms: number, error?: Error): Job => ({
      time,
      outputOperation,
      run: async () => {
        log.push(`+${time}.${outputOperation}`);
        await delay(ms);
        log.push(`-${time}.${outputOperation}`);
        if (error) throw error;
      },
    });
    return { scheduler, job, log, failures };
  };

  it('runs one job at a time, in order of batches and outputs', async () => {
    const { scheduler, job, log } = setUp(1);
    scheduler.submit(1, [job(1, 0, 15), job(1, 1, 1)]);
    scheduler.submit(2, [job(2, 0, 1)]);
    expect(scheduler.pendingTimes()).toEqual([1, 2]);
    await scheduler.whenIdle();
    expect(scheduler.pendingTimes()).toEqual([]);
    expect(log.filter((l) => /^[+-]/.test(l))).toEqual(['+1.0', '-1.0', '+1.1', '-1.1', '+2.0', '-2.0']);
    expect(log.filter((l) => l.startsWith('on'))).toEqual([
      'onBatchSubmitted 1',
      'onBatchStarted 1',
      'onBatchSubmitted 2',
      'onBatchCompleted 1',
      'onBatchStarted 2',
      'onBatchCompleted 2',
    ]);
  });

  it('goes on after a failure and reports it', async () => {
    const { scheduler, job, log, failures } = setUp(1);
    scheduler.submit(1, [job(1, 0, 1, new Error('boom')), job(1, 1, 1)]);
    await scheduler.whenIdle();
    expect(failures).toMatchObject([{ message: 'boom' }]);
    expect(log).toContain('-1.1');
  });

  it('runs as many at once as spark.streaming.concurrentJobs says', async () => {
    const { scheduler, job, log } = setUp(2);
    scheduler.submit(1, [job(1, 0, 20)]);
    scheduler.submit(2, [job(2, 0, 20)]);
    scheduler.submit(3, [job(3, 0, 1)]);
    await scheduler.whenIdle();
    expect(log.filter((l) => l.startsWith('+'))).toEqual(['+1.0', '+2.0', '+3.0']);
    expect(log.indexOf('+2.0')).toBeLessThan(log.indexOf('-1.0'));
    expect(log.indexOf('+3.0')).toBeGreaterThan(log.indexOf('-1.0'));
  });
});
