/** The longest time that a timer holds: 24.8 days. Node takes a longer one for 1 ms. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `f` after so many milliseconds; never, and without a timer, where that is longer than timers hold: Infinity, say. */
export function timeOut(ms: number, f: () => void): NodeJS.Timeout | undefined {
  return ms > MAX_TIMER_MS ? undefined : setTimeout(f, ms);
}
