import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { checkHeader, ExportChecksum, readRow } from './format.ts';
import type { Row, Table } from './tables.ts';
import { TransferError } from './transfer-error.ts';

/** In characters; many times the longest row. */
const MAX_LINE_LENGTH = 1_000_000;

/** An export contains password hashes. */
const OWNER_ONLY = 0o600;

const CHUNK_SIZE = 256 * 1024;

/** Writes a new file, and removes it again when something fails. */
export async function writeFile(path: string, text: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY).catch(error => Promise.reject(creationError(path, error)));
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

function creationError(path: string, { code }: NodeJS.ErrnoException): TransferError {
  return new TransferError(
    code === 'EEXIST'
      ? `${path} exists already; choose another name.`
      : `${path} cannot be created (${code}); check the folder and its permissions.`,
  );
}

/** An export to import. It is untrusted, and read several times. */
export class ExportFile {
  private constructor(private readonly file: FileHandle) {}

  static async at(path: string): Promise<ExportFile> {
    const file = await open(path).catch(({ code }) => {
      throw new TransferError(`${path} cannot be read (${code}); check the name and its permissions.`);
    });
    return new ExportFile(file);
  }

  /** Copies a stream to an unlinked temporary file, which the system removes with the process. */
  static async piped(stream: Readable): Promise<ExportFile> {
    const folder = await mkdtemp(join(tmpdir(), 'bienvenue-'));
    try {
      const file = await open(join(folder, 'export'), 'wx+', OWNER_ONLY);
      await rm(folder, { recursive: true });
      await file.writeFile(stream);
      return new ExportFile(file);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      throw new TransferError(
        `the input cannot be stored temporarily (${code}); set TMPDIR to a folder with enough space.`,
      );
    }
  }

  /**
   * The rows in the order of the file. Throws when the file is not an unchanged and complete export of these tables,
   * which is known only after the last row.
   */
  async *rows(tables: readonly Table[]): AsyncGenerator<{ table: Table; row: Row }> {
    const checksum = new ExportChecksum(tables);
    const lines = this.lines();
    checkHeader((await lines.next()).value ?? '', tables);
    let lastLine: string | undefined;
    for await (const line of lines) {
      if (lastLine !== undefined) throw changedError();
      const found = readRow(line, tables);
      if (found) {
        checksum.add(found.table, found.row, line);
        yield found;
      } else lastLine = line;
    }
    if (lastLine !== checksum.lastLine()) throw changedError();
  }

  /** The lines without their line breaks. */
  async *lines(): AsyncGenerator<string, void> {
    let rest = '';
    for await (const text of this.text()) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_LENGTH) throw changedError();
      yield* lines;
    }
    if (rest) yield rest;
  }

  /** A read stream would close the file when one of its readers stops early. */
  private async *text(): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(CHUNK_SIZE);
    for (let position = 0; ; ) {
      const { bytesRead } = await this.file.read(chunk, 0, CHUNK_SIZE, position);
      if (bytesRead === 0) return;
      yield decoder.write(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

const changedError = () => new TransferError('this is not an export, or it was truncated or changed; export again.');
