import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

let own: string | undefined;
let serial = 0;

/** Text of a process that no other process has or will have: host, process id, time of its start. */
export function ownerTag(): string {
  own ??= `${hostTag()}-${process.pid}-${startOf(process.pid) ?? '0'}`;
  return own;
}

/** Number that this process has not used yet. */
export function nextSerial(): number {
  return ++serial;
}

/** Whether the process of a tag is known to have ended. Of processes of other hosts nothing is known. */
export function isDead(tag: string): boolean {
  const parts = /^([0-9a-z]+)-(\d+)-(\d+)$/.exec(tag);
  if (!parts) return false;
  const [, host, pidText, start] = parts;
  if (host !== hostTag()) return false;
  const pid = Number(pidText);
  if (!isAlive(pid)) return true;
  // The number may have been given to another process since.
  const now = startOf(pid);
  return now !== undefined && start !== '0' && now !== start;
}

/** A hash of the host's name, FNV-1a. */
function hostTag(): string {
  let h = 0x811c_9dc5;
  for (const c of hostname()) h = Math.imul(h ^ (c.codePointAt(0) as number), 0x0100_0193) >>> 0;
  return h.toString(36);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Clock ticks from boot to the start of a process, where the system tells (Linux: field 22 of `stat`). */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
