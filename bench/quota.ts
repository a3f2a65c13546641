import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

const ROOT = '/sys/fs/cgroup';
/** Control groups have two versions, cgroup-v1 and cgroup-v2 in the documentation of the kernel. */
const isV1 = existsSync(`${ROOT}/cpu/cpu.cfs_quota_us`);
const TOP = isV1 ? `${ROOT}/cpu` : ROOT;

/** Microseconds; short, so that no process pauses for long. */
const PERIOD = 20_000;

/** Limits each process to a share of a core, until the returned function is called. */
export function limitEach(pids: number[], share: number): () => void {
  const groups = new Map(pids.map(pid => [pid, `${TOP}/bienvenue-bench-${pid}`]));
  const undo = () => {
    for (const [pid, group] of groups) free(pid, group);
  };
  try {
    if (!isV1) writeFileSync(`${TOP}/cgroup.subtree_control`, '+cpu');
    for (const [pid, group] of groups) limit(pid, group, share);
    return undo;
  } catch (error) {
    undo();
    throw new Error(`cannot limit a process to a share of a core (${(error as NodeJS.ErrnoException).code})`);
  }
}

function limit(pid: number, group: string, share: number): void {
  mkdirSync(group);
  if (isV1) {
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
