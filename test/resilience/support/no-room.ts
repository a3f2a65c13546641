import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../../support/folder.ts';

/** A folder whose files can be kept from growing. */
export interface Room {
  readonly path: string;
  /** From now on nothing that this process writes finds a place. */
  end(pid: number): void;
  giveBack(pid: number): void;
  remove(): void;
}

/** A small disk of its own, which a filler file fills to the last page: ENOSPC. */
class SmallDisk implements Room {
  private readonly folder = new Folder();
  readonly path = this.folder.path;
  private readonly filler = join(this.path, 'filler');

  constructor() {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', this.path]);
  }

  end(): void {
    const page = Buffer.alloc(4096, 'x');
    try {
      for (;;) appendFileSync(this.filler, page);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  giveBack(): void {
    rmSync(this.filler);
  }

  remove(): void {
    execFileSync('umount', [this.path]);
    this.folder.remove();
  }
}

/** A limit on the size of the process's files, which needs no rights: EFBIG. */
class SizeLimit implements Room {
  private readonly folder = new Folder();
  readonly path = this.folder.path;

  end(pid: number): void {
    limit(pid, '0');
  }

  giveBack(pid: number): void {
    limit(pid, 'unlimited');
  }

  remove(): void {
    this.folder.remove();
  }
}

/** The soft limit alone, so that it can be lifted again. */
const limit = (pid: number, size: string) => execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${size}:`]);

const mayMount = () => spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Every way in which this machine can run out of room. */
export const WAYS_TO_HAVE_NO_ROOM: [string, () => Room][] = [
  ['files may not grow', () => new SizeLimit()],
  ...(mayMount() ? [['the disk is full', () => new SmallDisk()] as [string, () => Room]] : []),
];
