import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readModules } from '../support/modules.ts';

describe('a host program with type-graphql classes of its own', () => {
  // In a process of its own: its classes must be registered before the package is loaded.
  const found = JSON.parse(
    execFileSync(process.execPath, [...process.execArgv, 'test/support/host-program.ts'], { encoding: 'utf8' }),
  );

  it('receives the documented schema from the package', () => {
    expect(readFileSync('schema/schema.graphql', 'utf8')).toContain(found.packageSchema.trim());
  });

  it('finds none of the classes of the package in its own schema or metadata', () => {
    expect(found.hostTypes).toEqual(expect.arrayContaining(['User', 'Order']));
    expect(found.hostTypes.filter((name: string) => /SignedIn|Session|ErrorCode/.test(name))).toEqual([]);
    expect(found).toMatchObject({
      hasQueriesOfPackage: false,
      mutationsEnumsUnions: [0, 0, 0],
      objectTypesAreTheHosts: 'true,true',
      authorizedFields: 2,
    });
  });

  it('does not change the schema of the package when its own schema build fails', () => {
    expect(found.brokenFails).toBe(true);
    expect(found.packageSchemaAfterwards).toBe(found.packageSchema);
  });

  it('runs the operations of both schemas in one process', () => {
    expect(found.data).toEqual([
      { logout: true },
      { requestPasswordReset: true },
      { profile: { nickname: 'ada' }, orders: [{ number: '1' }] },
    ]);
  });
});

describe('resolvers and types', () => {
  it('import the decorators that keep their metadata separate', () => {
    const importers = [...readModules().values()].filter(({ imports }) => imports.includes('type-graphql'));

    expect(importers.map(({ path }) => path).sort()).toEqual(['graphql/date-time.ts', 'graphql/decorators.ts']);
  });
});
