import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pinned, type Running, unpinned } from './processes.ts';
import type { RawRequest } from './raw-request.ts';

/** What is sent, by how many clients or at which rate. A wrong response aborts the run. */
export interface Stream {
  url: string;
  requests: RawRequest[];
  /** Each sends its next request after the response to the last. */
  connections?: number;
  /** Or this many requests a second, regardless of the responses. */
  rate?: number;
  /** Each request is sent once, and the run ends after the last. */
  once?: boolean;
  /** 503 is counted instead of aborting the run; the client obeys Retry-After. */
  mayBeRefused?: boolean;
}

export interface Plan {
  seconds: number;
  /** Processes whose processor time is measured. */
  pids: number[];
  streams: Stream[];
}

export interface StreamResult {
  responses: number;
  refused: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

export interface LoadResult {
  seconds: number;
  /** Processor time of the servers, and of the load generator. */
  serverSeconds: number;
  ownSeconds: number;
  streams: StreamResult[];
}

/** Runs the streams concurrently in a process of their own, pinned to the second core unless `pin` is false. */
export async function load(
  server: Running,
  seconds: number,
  streams: Omit<Stream, 'url'>[],
  { pin = true } = {},
): Promise<LoadResult> {
  const [command = '', ...args] = [...(pin ? pinned(1) : unpinned()), process.execPath, 'bench/load-process.ts'];
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const plan: Plan = { seconds, pids: server.pids(), streams: streams.map(each => ({ ...each, url: server.url })) };
  child.stdin?.end(JSON.stringify(plan));
  const printed = await text(child.stdout as NodeJS.ReadableStream);
  if (!printed) throw new Error('the load generator failed; see above');
  return JSON.parse(printed);
}

/** Repeats the requests as fast as possible, by default over 32 connections. */
export async function saturate(
  server: Running,
  requests: RawRequest[],
  seconds: number,
  { connections = 32, pin = true } = {},
) {
  const { streams, serverSeconds, ownSeconds, ...seen } = await load(server, seconds, [{ requests, connections }], {
    pin,
  });
  const [stream] = streams as [StreamResult];
  const perResponse = (total: number) => (total / stream.responses) * 1e6;
  return {
    ...stream,
    /** Microseconds of processor time per response. */
    cpu: perResponse(serverSeconds),
    loadCpu: perResponse(ownSeconds),
    /** Cores that the server used; less than it had means that something else was the bottleneck. */
    busy: serverSeconds / seen.seconds,
  };
}

export type Saturated = Awaited<ReturnType<typeof saturate>>;
