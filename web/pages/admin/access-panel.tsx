import { useAdminDisableUser, useAdminEnableUser, useAdminSendPasswordReset } from 'bienvenue-auth/react';
import { useRef } from 'react';
import { Form } from '../../form/form.tsx';
import { TextField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Time } from '../../i18n/time.tsx';
import { Fact } from '../../layout/fact.tsx';
import { adminTexts } from './texts.ts';
import type { ShownUser } from './user.tsx';

/** Whether and how the user can sign in. */
export function AccessPanel({ user }: { user: ShownUser }) {
  const text = useTexts(adminTexts);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone, so the focus moves to where the other state begins.
  const onDone = () => heading.current?.focus();
  return (
    <section className="panel">
      <h2 ref={heading} tabIndex={-1}>
        {text.access}
      </h2>
      {user.disabledAt ? (
        <Enable user={user} disabledAt={user.disabledAt} onDone={onDone} />
      ) : (
        <>
          <ResetLink user={user} />
          <Disable user={user} onDone={onDone} />
        </>
      )}
    </section>
  );
}

interface ChangeProps {
  user: ShownUser;
  onDone(): void;
}

function ResetLink({ user: { id } }: { user: ShownUser }) {
  const shared = useText();
  const text = useTexts(adminTexts);
  const [adminSendPasswordReset] = useAdminSendPasswordReset();
  return (
    <>
      <p className="lead">{text.resetLead}</p>
      <Form
        submit={shared.sendResetLink}
        tone="plain"
        done={text.resetSent}
        onSubmit={async () => (await adminSendPasswordReset({ id })).error}
      />
    </>
  );
}

function Disable({ user: { id }, onDone }: ChangeProps) {
  const text = useTexts(adminTexts);
  const [adminDisableUser] = useAdminDisableUser();
  return (
    <>
      <p className="lead">{text.disableLead}</p>
      <Form
        submit={text.disable}
        tone="danger"
        onSubmit={async values => {
          const { error } = await adminDisableUser({ id, reason: values.get('reason').trim() || null });
          if (!error) onDone();
          return error;
        }}
      >
        <TextField
          name="reason"
          label={text.disableReason}
          hint={text.disableReasonHint}
          autoComplete="off"
          maxLength={500}
          required={false}
        />
      </Form>
    </>
  );
}

function Enable({ user: { id, disabledReason }, disabledAt, onDone }: ChangeProps & { disabledAt: string }) {
  const text = useTexts(adminTexts);
  const [adminEnableUser] = useAdminEnableUser();
  return (
    <>
      <p className="lead">{text.enableLead}</p>
      <dl className="facts">
        <Fact label={text.disabledSince}>
          <Time at={disabledAt} format="dateTime" />
        </Fact>
        {disabledReason && <Fact label={text.disabledReason}>{disabledReason}</Fact>}
      </dl>
      <Form
        submit={text.enable}
        onSubmit={async () => {
          const { error } = await adminEnableUser({ id });
          if (!error) onDone();
          return error;
        }}
      />
    </>
  );
}
