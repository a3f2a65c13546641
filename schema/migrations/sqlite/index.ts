import { Migration20261121121659_core } from './Migration20261121121659_core.ts';
import { Migration20261129081950_features } from './Migration20261129081950_features.ts';
import { Migration20261129113902_accounts } from './Migration20261129113902_accounts.ts';

/** Every migration, oldest first. A new file in this folder is added here; a test checks that none is missing. */
export const migrations = [
  { name: 'Migration20261121121659_core', class: Migration20261121121659_core },
  { name: 'Migration20261129081950_features', class: Migration20261129081950_features },
  { name: 'Migration20261129113902_accounts', class: Migration20261129113902_accounts },
];
