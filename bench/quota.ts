import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

const ROOT = '/sys/fs/cgroup';
/** Control groups come in two versions; kernel.org describes both: cgroup-v1 and cgroup-v2. */
const first = existsSync(`${ROOT}/cpu/cpu.cfs_quota_us`);
const TOP = first ? `${ROOT}/cpu` : ROOT;

/** Microseconds: short, so that nobody stands still for long. */
const PERIOD = 20_000;

/** Gives each of these processes a part of a core and no more, until what is returned is called. */
export function limitEach(pids: number[], share: number): () => void {
  const groups = new Map(pids.map(pid => [pid, `${TOP}/bienvenue-bench-${pid}`]));
  const undo = () => {
    for (const [pid, group] of groups) free(pid, group);
  };
  try {
    if (!first) writeFileSync(`${TOP}/cgroup.subtree_control`, '+cpu');
    for (const [pid, group] of groups) limit(pid, group, share);
    return undo;
  } catch (error) {
    undo();
    throw new Error(`no part of a core can be given to a process (${(error as NodeJS.ErrnoException).code})`);
  }
}

function limit(pid: number, group: string, share: number): void {
  mkdirSync(group);
  if (first) {
    writeFileSync(`${group}/cpu.cfs_period_us`, String(PERIOD));
    writeFileSync(`${group}/cpu.cfs_quota_us`, String(PERIOD * share));
  } else writeFileSync(`${group}/cpu.max`, `${PERIOD * share} ${PERIOD}`);
  writeFileSync(`${group}/cgroup.procs`, String(pid));
}

function free(pid: number, group: string): void {
  if (!existsSync(group)) return;
  writeFileSync(`${TOP}/cgroup.procs`, String(pid));
  rmdirSync(group);
}
