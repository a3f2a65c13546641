import type { Options } from '../options.ts';
import { type LogoFile, readLogoFile } from './logo-file.ts';

/** The options that pages depend on. None of them is a secret. */
export interface PageOptions
  extends Pick<
    Options,
    'publicUrl' | 'appUrl' | 'brandName' | 'brandLogo' | 'brandColor' | 'passwordMinLength' | 'roles'
  > {
  /** The logo, if `brandLogo` is a file. */
  readonly logoFile: LogoFile | undefined;
}

/**
 * Reads what the pages need.
 * @throws ConfigError when the logo cannot be read
 */
export async function pageOptions(options: Options): Promise<PageOptions> {
  const { publicUrl, appUrl, brandName, brandLogo, brandColor, passwordMinLength, roles } = options;
  const logoFile = await readLogoFile(brandLogo);
  return {
    publicUrl,
    appUrl,
    brandName,
    brandLogo,
    brandColor,
    passwordMinLength,
    roles,
    logoFile,
  };
}
