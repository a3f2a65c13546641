import type { SqlOptions } from '@mikro-orm/sql';
import { ormOptions } from './src/database.ts';
import { loadOptions } from './src/server/environment.ts';

/** For MikroORM's own command line: the database of this machine's settings, under the name that it looks for. */
const options: SqlOptions = { ...(await ormOptions(loadOptions())), contextName: 'default' };

export default options;
