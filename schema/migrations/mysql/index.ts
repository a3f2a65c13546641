import { Migration20261121171927_core } from './Migration20261121171927_core.ts';

/** Every migration, oldest first. A new file in this folder is added here; a test holds the two together. */
export const migrations = [{ name: 'Migration20261121171927_core', class: Migration20261121171927_core }];
