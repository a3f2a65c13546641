import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { checkHeader, ExportChecksum, readRow, TransferError } from './format.ts';
import type { Row, Table } from './tables.ts';

/** In characters: many times what a row can hold. */
const LONGEST_LINE = 1_000_000;

/** Password hashes are in it. */
const OWNER_ALONE = 0o600;

const CHUNK = 256 * 1024;

/** Writes a new file, for the eyes of its owner alone. What fails on the way leaves none behind. */
export async function writeFile(path: string, text: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', OWNER_ALONE).catch(error => Promise.reject(notMade(path, error)));
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function notMade(path: string, { code }: NodeJS.ErrnoException): TransferError {
  return new TransferError(
    code === 'EEXIST'
      ? `${path} exists already; name a file that does not.`
      : `${path} cannot be made (${code}); check the folder, and who may write there.`,
  );
}

/** An export as it comes back: a stranger's file, which is read several times over. */
export class ExportFile {
  private constructor(private readonly file: FileHandle) {}

  static async at(path: string): Promise<ExportFile> {
    const file = await open(path).catch(({ code }) => {
      throw new TransferError(`${path} cannot be read (${code}); check the name, and who may read it.`);
    });
    return new ExportFile(file);
  }

  /** What comes through a pipe comes once: it waits in a file that has no name any more, and goes with the process. */
  static async piped(stream: Readable): Promise<ExportFile> {
    const folder = await mkdtemp(join(tmpdir(), 'bienvenue-'));
    try {
      const file = await open(join(folder, 'export'), 'wx+', OWNER_ALONE);
      await rm(folder, { recursive: true });
      await file.writeFile(stream);
      return new ExportFile(file);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      throw new TransferError(
        `what is piped in cannot be kept meanwhile (${code}); set TMPDIR to where there is room.`,
      );
    }
  }

  /**
   * Every row, in the order of the file. Throws where it is not what an export of these tables has written, whole and
   * unchanged; that can be as late as after the last row.
   */
  async *rows(tables: readonly Table[]): AsyncGenerator<{ table: Table; row: Row }> {
    const tally = new ExportChecksum(tables);
    const lines = this.lines();
    checkHeader((await lines.next()).value ?? '', tables);
    let end: string | undefined;
    for await (const line of lines) {
      if (end !== undefined) throw changed();
      const found = readRow(line, tables);
      if (found) {
        tally.add(found.table, found.row, line);
        yield found;
      } else end = line;
    }
    if (end !== tally.end()) throw changed();
  }

  /** The lines, without their ends, from the first one on. */
  async *lines(): AsyncGenerator<string, void> {
    let rest = '';
    for await (const text of this.text()) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw changed();
      yield* lines;
    }
    if (rest) yield rest;
  }

  /** A stream would close the file for all when one reader has had enough. */
  private async *text(): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(CHUNK);
    for (let position = 0; ; ) {
      const { bytesRead } = await this.file.read(chunk, 0, CHUNK, position);
      if (bytesRead === 0) return;
      yield decoder.write(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

const changed = () => new TransferError('this is no export, or was cut short or changed since; export again.');
