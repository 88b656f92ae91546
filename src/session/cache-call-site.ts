import { basename, dirname } from 'node:path';

const FRAME = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/;

/** Where the caller of memoframe stands, e.g. `/app/job.ts:12:3`; undefined where the stack does not tell. */
export function callSite(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const here = { stack: '' };
  Error.captureStackTrace(here);
  const lines = here.stack.split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const frames = lines.map((l) => FRAME.exec(l.trim())).filter((f) => f !== null);
  const own = frames[0]?.[1];
  if (own === undefined) return undefined;
  // This file's folder: of the bundle, or of the sources.
  const folder = dirname(own);
  const inside = basename(folder) === 'session' ? dirname(folder) : folder;
  const outside = frames.find((f) => !(f[1] as string).startsWith(`${inside}/`));
  return outside && `${(outside[1] as string).replace(/^file:\/\//, '')}:${outside[2]}:${outside[3]}`;
}
