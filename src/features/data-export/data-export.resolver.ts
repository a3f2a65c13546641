import { GraphQLJSONObject } from 'graphql-scalars';
import type { Context } from '../../graphql/context.ts';
import { Authorized, Ctx, Extensions, Mutation, Resolver } from '../../graphql/decorators.ts';
import { CREDENTIAL_MUTATION } from '../../graphql/document-limits.ts';
import type { DataExport, DataExportService } from './data-export.service.ts';

type DataExportContext = Context<{ dataExport: DataExportService }>;

@Resolver()
export class DataExportResolver {
  @Authorized()
  @Mutation(() => GraphQLJSONObject, {
    description:
      'Everything stored about the signed-in user, without secrets: a list of rows for each table, times in ISO 8601. ' +
      'docs/accounts.md describes each field. Errors: UNAUTHENTICATED, RECENT_AUTH_REQUIRED.',
  })
  @Extensions(CREDENTIAL_MUTATION)
  exportMyData(@Ctx() { services }: DataExportContext): Promise<DataExport> {
    return services.dataExport.exportMyData();
  }
}
