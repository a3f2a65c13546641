import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../../support/folder.ts';

/** A folder whose files can be prevented from growing. */
export interface LimitedFolder {
  readonly path: string;
  /** From now on every write of this process that needs space fails. */
  fill(pid: number): void;
  free(pid: number): void;
  remove(): void;
}

/** A small separate disk that a filler file fills to the last page: ENOSPC. */
class SmallDisk implements LimitedFolder {
  private readonly folder = new Folder();
  readonly path = this.folder.path;
  private readonly filler = join(this.path, 'filler');

  constructor() {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', this.path]);
  }

  fill(): void {
    const page = Buffer.alloc(4096, 'x');
    try {
      for (;;) appendFileSync(this.filler, page);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  free(): void {
    rmSync(this.filler);
  }

  remove(): void {
    execFileSync('umount', [this.path]);
    this.folder.remove();
  }
}

/** A file size limit for the process, which needs no privileges: EFBIG. */
class SizeLimit implements LimitedFolder {
  private readonly folder = new Folder();
  readonly path = this.folder.path;

  fill(pid: number): void {
    limit(pid, '0');
  }

  free(pid: number): void {
    limit(pid, 'unlimited');
  }

  remove(): void {
    this.folder.remove();
  }
}

/** Sets only the soft limit, so that it can be raised again. */
const limit = (pid: number, size: string) => execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${size}:`]);

const canMount = () => spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** The ways of running out of disk space that can be tested on this machine. */
export const DISK_FULL_CASES: [string, () => LimitedFolder][] = [
  ['files may not grow', () => new SizeLimit()],
  ...(canMount() ? [['the disk is full', () => new SmallDisk()] as [string, () => LimitedFolder]] : []),
];
