import { Migration20261121171925_core } from './Migration20261121171925_core.ts';
import { Migration20261129081951_features } from './Migration20261129081951_features.ts';
import { Migration20261129113906_accounts } from './Migration20261129113906_accounts.ts';

/** Every migration, oldest first. A new file in this folder is added here; a test checks that none is missing. */
export const migrations = [
  { name: 'Migration20261121171925_core', class: Migration20261121171925_core },
  { name: 'Migration20261129081951_features', class: Migration20261129081951_features },
  { name: 'Migration20261129113906_accounts', class: Migration20261129113906_accounts },
];
