import { Migration20261121171927_core } from './Migration20261121171927_core.ts';
import { Migration20261129081952_features } from './Migration20261129081952_features.ts';
import { Migration20261129113910_accounts } from './Migration20261129113910_accounts.ts';

/** Every migration, oldest first. A new file in this folder is added here; a test checks that none is missing. */
export const migrations = [
  { name: 'Migration20261121171927_core', class: Migration20261121171927_core },
  { name: 'Migration20261129081952_features', class: Migration20261129081952_features },
  { name: 'Migration20261129113910_accounts', class: Migration20261129113910_accounts },
];
