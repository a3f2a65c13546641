import { readFileSync } from 'node:fs';
import type { Constructor, EntityMetadata } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/sql';
import { User } from '../src/auth/user.entity.ts';
import { personalDataTables } from '../src/features/data-export/reference.ts';
import { ormOptions } from '../src/persistence/database.ts';
import { exportedFields, type PersonalData } from '../src/persistence/personal-data.ts';
import { entities, personalData, withoutPersonalData } from '../src/registry.ts';

@Entity({ tableName: 'diaries' })
class Diary {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @ManyToOne({ entity: () => User })
  user!: User;

  @Property({ type: 'string' })
  text!: string;
}

/** The tables of the service and these, as MikroORM knows them; no database is opened. */
async function tablesWith(...added: Constructor[]) {
  const options = await ormOptions({ kind: 'sqlite', path: 'unused.sqlite' }, [...entities, ...added]);
  return [...new MikroORM(options).getMetadata().getAll().values()];
}

/**
 * The tables and columns that are neither described in `parts` nor in a table of `exempt`, which holds no personal data.
 * Read from the metadata of MikroORM, so that a new table or column cannot be forgotten.
 */
function undescribed(
  tables: Iterable<EntityMetadata>,
  parts: readonly PersonalData[],
  exempt: readonly Constructor[],
): string[] {
  return [...tables].flatMap(({ class: entity, tableName, props }) => {
    if (exempt.some(each => each === entity)) return [];
    const described = parts.filter(part => part.entity === entity);
    if (described.length === 0) return [tableName];
    const columns = props.filter(({ persist }) => persist !== false).map(({ name }) => name);
    return columns
      .filter(name => described.some(({ fields }) => !(name in fields)))
      .map(name => `${tableName}.${name}`);
  });
}

describe('the personal data of all tables', () => {
  it('are described completely, table by table and column by column', async () => {
    expect(undescribed(await tablesWith(), personalData, withoutPersonalData)).toEqual([]);
  });

  it('are missed when a table or a column is new', async () => {
    const tables = await tablesWith(Diary);
    const fields = { id: 'Identifies the page.', user: { withheld: 'The id of the account.' } };
    const diary = { name: 'diary', description: '', entity: Diary, rowsOf: () => ({}), fields } as PersonalData;

    expect(undescribed(tables, personalData, withoutPersonalData)).toEqual(['diaries']);
    expect(undescribed(tables, [...personalData, diary], withoutPersonalData)).toEqual(['diaries.text']);
  });

  it('are exported without hashes', () => {
    expect(personalData.flatMap(exportedFields).filter(name => /hash|secret|password/i.test(name))).toEqual([]);
  });

  it('have one name each', () => {
    const names = personalData.map(({ name }) => name);

    expect(new Set([...names, 'exportedAt', 'incomplete']).size).toBe(names.length + 2);
  });

  it('are in docs/accounts.md', () => {
    expect(readFileSync('docs/accounts.md', 'utf8')).toContain(personalDataTables(personalData));
  });
});
