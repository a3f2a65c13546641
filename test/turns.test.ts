import { openDatabase } from '../src/database.ts';
import { createLog } from '../src/log.ts';
import { Sweeper } from '../src/sweeper.ts';
import { startReplicas } from './support/replicas.ts';

describe('of several replicas', () => {
  it("one sweeps at a time, and the next turn is anybody's", async () => {
    const replicas = await startReplicas();
    const { clock, config } = replicas.one;
    const databases = [await openDatabase(config), await openDatabase(config)];
    const sweepers = databases.map(database => new Sweeper(database, clock, createLog('silent')));
    const turns = async () => (await Promise.all(sweepers.map(sweeper => sweeper.takeTurn()))).filter(Boolean).length;

    expect(await turns()).toBe(1);
    expect(await turns()).toBe(0);
    clock.advance({ minutes: 8 });
    expect(await turns()).toBe(0);
    clock.advance({ minutes: 1 });
    expect(await turns()).toBe(1);

    for (const database of databases) await database.close();
    await replicas.close();
  });
});
