import type { AsyncCall } from './async-call.js';

/** Milliseconds that calls have to come to their end after they were told to stop. */
export const GRACE_MS = 5000;

/** Tells calls to stop and waits until they have, at most the time of grace: work that does not listen to its signal cannot
 * be stopped from outside. */
export async function settle(calls: readonly AsyncCall<unknown>[], graceMs = GRACE_MS): Promise<void> {
  if (calls.length === 0) return;
  const running = new Set(calls);
  for (const call of calls) call.cancel();
  const ends = calls.map((call) => call.ended.then(() => running.delete(call)));
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.all(ends), grace]);
  clearTimeout(timer);
  if (running.size > 0)
    process.emitWarning(
      `${running.size} asynchronous calls did not stop within ${graceMs} ms; hand the signal that a call gets on to what it waits for.`,
    );
}
