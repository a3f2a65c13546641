import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pinned, type Running, unpinned } from './processes.ts';
import type { Wire } from './wire.ts';

/** What is sent, by how many clients or how often. A right answer counts, any other ends the run. */
export interface Stream {
  url: string;
  wires: Wire[];
  /** Each sends its next request when it has the answer to its last. */
  connections?: number;
  /** Or so many a second, whatever the answers do. */
  rate?: number;
  /** Each request is sent one time only, and the run ends with the last. */
  once?: boolean;
  /** 503 is no failure: it is counted, and its sender waits for as long as it was told to. */
  mayBeRefused?: boolean;
}

export interface Plan {
  seconds: number;
  /** Whose processor time is taken. */
  pids: number[];
  streams: Stream[];
}

export interface StreamSeen {
  answers: number;
  refused: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

export interface Seen {
  seconds: number;
  /** Processor time of the servers, and of the load itself. */
  serverSeconds: number;
  ownSeconds: number;
  streams: StreamSeen[];
}

/** Runs the streams beside each other, in a process on the second core, or wherever there is room. */
export async function load(
  server: Running,
  seconds: number,
  streams: Omit<Stream, 'url'>[],
  { pin = true } = {},
): Promise<Seen> {
  const [command = '', ...args] = [...(pin ? pinned(1) : unpinned()), process.execPath, 'bench/load-process.ts'];
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const plan: Plan = { seconds, pids: server.pids(), streams: streams.map(each => ({ ...each, url: server.url })) };
  child.stdin?.end(JSON.stringify(plan));
  const printed = await text(child.stdout as NodeJS.ReadableStream);
  if (!printed) throw new Error('the load failed; see above');
  return JSON.parse(printed);
}

/** One request without end, over 32 connections unless told otherwise: what most of it all comes down to. */
export async function saturate(server: Running, wires: Wire[], seconds: number, { connections = 32, pin = true } = {}) {
  const { streams, serverSeconds, ownSeconds, ...seen } = await load(server, seconds, [{ wires, connections }], {
    pin,
  });
  const [stream] = streams as [StreamSeen];
  const perAnswer = (total: number) => (total / stream.answers) * 1e6;
  return {
    ...stream,
    /** Microseconds of processor time an answer. */
    cpu: perAnswer(serverSeconds),
    loadCpu: perAnswer(ownSeconds),
    /** How much of a core the server had; less than all of it, and something else was the limit. */
    busy: serverSeconds / seen.seconds,
  };
}

export type Saturated = Awaited<ReturnType<typeof saturate>>;
