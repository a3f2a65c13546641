import { Migration20261121171925_core } from './Migration20261121171925_core.ts';

/** Every migration, oldest first. A new file in this folder is added here; a test holds the two together. */
export const migrations = [{ name: 'Migration20261121171925_core', class: Migration20261121171925_core }];
