import { useProfile } from 'bienvenue-auth/react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { retry } from '../connection.ts';
import { usePreferredLocale, useText } from '../i18n/language.tsx';
import { LoadFailed } from '../layout/load-failed.tsx';
import { PageHeading } from '../layout/page-heading.tsx';
import { SignedIn } from '../layout/signed-in.tsx';
import { SignedOut } from '../layout/signed-out.tsx';
import { type PageSize, Skeleton } from '../layout/skeleton.tsx';
import { ConfirmPasswordProvider } from './confirm-password.tsx';
import { nextPath, signInPath } from './next-path.ts';
import { useEndReason } from './session-end.tsx';

interface GuardProps {
  /** Of the skeleton. */
  size: PageSize | undefined;
  children: ReactNode;
}

/** Pages for visitors. Redirects a signed-in user to `next`. */
export function ForVisitors({ size, children }: GuardProps) {
  const { data: profile, error, refetch } = useProfile();
  const search = useSearch();
  const shown = useRef(false);
  if (profile) {
    const to = nextPath(new URLSearchParams(search).get('next'));
    // The key makes it go on when `next` is a page for visitors itself.
    return <Redirect key={to} to={to} replace />;
  }
  // Once it is shown, the form stays, with what was typed. Where the profile cannot be loaded, signing in says why.
  shown.current ||= profile === null || error !== undefined;
  return <SignedOut>{shown.current ? children : <Skeleton {...size} retry={() => retry(refetch)} />}</SignedOut>;
}

/** Pages for signed-in users, or for those with a role. Redirects visitors to the sign-in page. */
export function ForUsers({ size, children, requiredRole }: GuardProps & { requiredRole: string | undefined }) {
  const { data: profile, error, refetch } = useProfile();
  const inLanguage = usePreferredLocale(profile?.locale);
  const wasSignedIn = useRef(false);
  wasSignedIn.current ||= Boolean(profile);
  // Once it is shown, a page stays while another language loads.
  const shownTo = useRef<string>(undefined);
  if (profile && inLanguage) shownTo.current = profile.id;
  const user = profile?.id === shownTo.current ? profile : undefined;
  if (profile === null) return <ToSignIn wasSignedIn={wasSignedIn.current} />;
  const content = () => {
    if (!profile && error) return <LoadFailed error={error} retry={() => void refetch()} />;
    if (!user) return <Skeleton {...size} retry={() => retry(refetch)} />;
    return requiredRole && !user.roles.includes(requiredRole) ? <Forbidden /> : children;
  };
  // The key resets the page when another user signs in.
  return (
    <ConfirmPasswordProvider key={profile?.id ?? ''}>
      <SignedIn user={user ?? undefined}>{content()}</SignedIn>
    </ConfirmPasswordProvider>
  );
}

/** Redirects to the sign-in page, with the reason, and with the way back unless the user signed out. */
function ToSignIn({ wasSignedIn }: { wasSignedIn: boolean }) {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const reason = useEndReason();
  useEffect(() => {
    const announced = reason.current;
    reason.current = undefined;
    navigate(announced ? signInPath(nextPath(null)) : signInPath(search ? `${path}?${search}` : path), {
      replace: true,
      state: { notice: announced ?? (wasSignedIn ? 'sessionEnded' : undefined) },
    });
  }, [path, search, navigate, reason, wasSignedIn]);
  return (
    <SignedOut>
      <Skeleton />
    </SignedOut>
  );
}

function Forbidden() {
  const text = useText();
  return <PageHeading title={text.forbiddenTitle} lead={text.forbiddenLead} />;
}
