import type { AuthParts } from '../../auth/auth-parts.ts';
import { requireRecentSession } from '../../auth/require-session.ts';
import type { User } from '../../auth/user.entity.ts';
import { AuthError } from '../../core/errors.ts';
import { exportedFields, type PersonalData } from '../../persistence/personal-data.ts';

/** Bounds the memory of an export. Only events can be that many, and `accountEvents` lists the older ones. */
const MAX_ROWS = 10_000;

/** A value in the export. Times are ISO 8601 in UTC. */
type Value = string | number | boolean | null | object;

/** Everything that is stored about a user: the time, a list of rows for each part, and the parts that are cut off. */
export interface DataExport {
  exportedAt: string;
  /** Names of the parts that hold their newest 10 000 rows only. */
  incomplete: string[];
  [part: string]: string | string[] | Record<string, Value>[];
}

type DataExportParts = Pick<AuthParts, 'clock' | 'em' | 'events' | 'session' | 'users'>;

/** Returns what is stored about a user. */
export class DataExportService {
  constructor(
    private readonly parts: DataExportParts,
    private readonly personalData: readonly PersonalData[],
  ) {}

  /** Everything about the signed-in user, without secrets. Throws UNAUTHENTICATED, RECENT_AUTH_REQUIRED. */
  async exportMyData(): Promise<DataExport> {
    const user = await this.recordExport();
    const data: DataExport = { exportedAt: this.parts.clock.now().toISOString(), incomplete: [] };
    for (const part of this.personalData) {
      const rows = await this.find(part, user);
      if (rows.length > MAX_ROWS) data.incomplete.push(part.name);
      data[part.name] = rows.slice(0, MAX_ROWS).map(row => exportedRow(row, part));
    }
    return data;
  }

  /** Committed before anything is read: there is no export without an event. */
  private recordExport(): Promise<User> {
    const { clock, em, events, session, users } = this.parts;
    const { id } = requireRecentSession(session, clock).user;
    return em.transactional(async () => {
      const user = await users.findLocked(id);
      if (!user) throw new AuthError('UNAUTHENTICATED');
      events.record('DATA_EXPORTED', id);
      return user;
    });
  }

  /** Newest first, by primary key, whose values ascend with time; one more than the limit shows that there are more. */
  private find({ entity, rowsOf }: PersonalData, user: User): Promise<object[]> {
    const options = { orderBy: { id: 'desc' }, limit: MAX_ROWS + 1, disableIdentityMap: true } as const;
    return this.parts.em.find(entity, rowsOf(user), options);
  }
}

const exportedRow = (row: object, part: PersonalData): Record<string, Value> =>
  Object.fromEntries(exportedFields(part).map(field => [field, exportedValue(Reflect.get(row, field))]));

const exportedValue = (value: Value | Date): Value => (value instanceof Date ? value.toISOString() : value);
