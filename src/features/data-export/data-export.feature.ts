import { authParts } from '../../auth/auth-parts.ts';
import type { Feature } from '../../feature.ts';
import { DataExportService } from './data-export.service.ts';

/** Lets users read everything that is stored about them. Which data a table holds is stated by its feature. */
export const dataExportFeature = {
  loadResolvers: async () => [(await import('./data-export.resolver.ts')).DataExportResolver],
  createService: scope => new DataExportService(authParts(scope), scope.app.personalData),
} satisfies Feature<DataExportService>;
