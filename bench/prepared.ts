import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  bare,
  betterAuth,
  getSession,
  ours,
  profileOf,
  type Recipe,
  recipeOfBare,
  recipeOfOurs,
  recipeOfPeer,
} from './contestants.ts';
import type { BenchDatabase } from './databases.ts';
import { freePort, pinned, type Running } from './processes.ts';
import { type Operation, sendOnce } from './raw-request.ts';
import type { Stage } from './stage.ts';

/** A stopped server with an existing database and a signed-in user. */
export interface Prepared {
  whoAmI: Operation;
  /** Starts the server and resolves at its first correct response. */
  launch(): Promise<Launched>;
}

export interface Launched {
  running: Running;
  /** From the start of the process to that response. */
  ms: number;
  /** Stops it by SIGTERM, as an operator would, so that it writes its compile cache. */
  end(): Promise<void>;
}

/** Bienvenue and better-auth with a database each, and the servers that need none. */
export async function prepare(stage: Stage): Promise<Map<string, Prepared>> {
  const us = await ours(stage, (await stage.database('sqlite')) as BenchDatabase);
  const them = await betterAuth(stage, (await stage.database('sqlite')) as BenchDatabase);
  const limit = await bare(stage, us);
  for (const { running } of [us, them, limit]) running.stop();
  const place = us.place as BenchDatabase;
  const profile = profileOf(us.cookie);
  return new Map<string, Prepared>([
    ['Bienvenue', prepared(profile, recipeOfOurs(place))],
    ['better-auth', prepared(getSession(them.cookie), recipeOfPeer('better-auth', them.place as BenchDatabase))],
    ['bare node:http', prepared(profile, recipeOfBare(place))],
    ['Mercurius with jit', prepared(profile, recipeOfPeer('mercurius'))],
    ['Apollo stand-alone', prepared(profile, recipeOfPeer('apollo'))],
  ]);
}

function prepared(whoAmI: Operation, { args, env, cwd }: Recipe): Prepared {
  return {
    whoAmI,
    async launch() {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const [command = '', ...rest] = [...pinned(0), process.execPath, ...args];
      const began = performance.now();
      const environment = { PATH: process.env.PATH, ...env, PORT: String(port) };
      const child = spawn(command, rest, { cwd, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
      await firstResponse(url, whoAmI);
      const ms = performance.now() - began;
      const end = async () => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      };
      return { running: { url, pids: () => [child.pid as number], stop: () => void child.kill('SIGKILL') }, ms, end };
    },
  };
}

/** Retries until the server listens. A wrong response is an error. */
async function firstResponse(url: string, whoAmI: Operation): Promise<void> {
  for (const late = performance.now() + 30_000; ; await wait(1)) {
    try {
      await sendOnce(url, whoAmI);
      return;
    } catch (error) {
      if ((error as Error).message !== 'fetch failed' || performance.now() > late) throw error;
    }
  }
}
